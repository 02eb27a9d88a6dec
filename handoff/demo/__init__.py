"""The demo of the made-up company: its two agents, its five customers and their phone. Absent unless SALDO_DEMO is on."""
