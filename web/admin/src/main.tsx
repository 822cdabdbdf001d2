import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { startSettings } from "./app/settings";
import { takeToken } from "./pages/enrol/token";
import "./styles/console.css";

// Before anything else, so that the token of an invitation stands nowhere longer than it must.
takeToken();
startSettings();

const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<App />);
