// Runs a TypeScript file of dev/ as it is: node dev/run.mjs stand-in
import { runnerImport } from "vite";

const { module } = await runnerImport(`./dev/${process.argv[2]}.ts`, { configFile: false, logLevel: "error" });
await module.main(process.argv.slice(3));
