"""The domain: customers, contracts, prices, invoices, payments and identity. Knows no web, no bot, no provider."""
