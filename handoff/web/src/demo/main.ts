/** The demo site's page. */
import "./brand.css";
import "./saldo-demo-page.ts";
