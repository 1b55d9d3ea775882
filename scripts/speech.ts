import { spawn } from "node:child_process";
import { once } from "node:events";
import { prepareRecogniser, RECOGNISER_FOLDER } from "../platform/speech/embedded/recogniser-files.ts";
import { provideRecogniser } from "./debian/recogniser.ts";

/** `npm run speech`: installs the recogniser of automatic captions. `npm start` runs it in the background. */
async function main(): Promise<number> {
  const say = (line: string): void => console.log(`  ${line}`);
  const missing = await provideRecogniser({
    prepare: () => prepareRecogniser(RECOGNISER_FOLDER, say),
    install: async ([command, ...args]) => {
      say("installing Python from Debian");
      const [code] = await once(spawn(command, args, { stdio: "inherit" }), "exit");
      return code ?? 1;
    },
  });
  if (missing === null) say("the recogniser of speech is installed");
  else console.error(`speech: ${missing}`);
  return missing === null ? 0 : 1;
}

process.exitCode = await main();
