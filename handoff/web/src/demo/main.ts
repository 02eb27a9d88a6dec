/** The demo site. */
export {};
