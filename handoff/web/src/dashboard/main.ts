/** The board's page. */
import "../styles/tokens.css";
import "../styles/page.css";
import "./saldo-board.ts";
