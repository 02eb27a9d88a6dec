/** The console's page. */
import "../styles/tokens.css";
import "../styles/page.css";
import "./saldo-console.ts";
