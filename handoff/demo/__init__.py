"""The demo of the made-up company: its agents, six customers and their phone. Absent unless SALDO_DEMO is on."""
