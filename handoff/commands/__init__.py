"""The subcommands of `saldo`, one module each: parse, call one function, print."""
