import { render } from "preact";
import { App } from "./app";
import "./style/tokens.css";
import "./style/base.css";
import "./style/frame.css";
import "./style/site.css";
import "./style/lists.css";
import "uplot/dist/uPlot.min.css";
import "./style/curve.css";

const root = document.getElementById("app");
if (root) render(<App />, root);
