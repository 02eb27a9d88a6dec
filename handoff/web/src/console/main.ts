/** The agent console. */
export {};
