// Writes src/api/schema.ts from api/admin.openapi.yaml, each path, schema and operation on one line,
// so that a change of the API is a change of one line. With --check it only compares.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const SOURCE = new URL("../../api/admin.openapi.yaml", import.meta.url);
const TARGET = new URL("src/api/schema.ts", import.meta.url);
const HEADER =
  "// Written by types.mjs from api/admin.openapi.yaml; `npm run types` writes it anew.\n\n";

/** Puts type literals on one line, but for the `kept` outermost. */
function flatten(node, kept) {
  const isLiteral = ts.isTypeLiteralNode(node);
  if (isLiteral && kept === 0) ts.setEmitFlags(node, ts.EmitFlags.SingleLine);
  ts.forEachChild(node, (child) => flatten(child, isLiteral ? Math.max(0, kept - 1) : kept));
}

const nodes = await openapiTS(SOURCE, { silent: true });
for (const node of nodes) flatten(node, node.name?.text === "components" ? 1 : 0);
const text = HEADER + astToString(nodes, { formatOptions: { removeComments: true } });

if (!process.argv.includes("--check")) {
  writeFileSync(TARGET, text);
} else if (readFileSync(TARGET, "utf8") !== text) {
  console.error("src/api/schema.ts is not what api/admin.openapi.yaml says: npm run types");
  process.exit(1);
}
