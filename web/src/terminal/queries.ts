import type { IDisposable, Terminal } from "@xterm/xterm";

/**
 * Programs ask terminals questions (what are you, where is the cursor). The server's screen answers each once, however many windows look;
 * here they are swallowed, so that no window answers as well.
 */
export function swallowQueries({ parser }: Terminal): IDisposable[] {
  const swallow = () => true;
  // Only the questions among the sequences that also set something.
  const asks = (data: string) => data.split(";").includes("?");
  return [
    parser.registerCsiHandler({ final: "c" }, swallow),
    parser.registerCsiHandler({ prefix: ">", final: "c" }, swallow),
    parser.registerCsiHandler({ prefix: "=", final: "c" }, swallow),
    parser.registerCsiHandler({ final: "n" }, swallow),
    parser.registerCsiHandler({ prefix: "?", final: "n" }, swallow),
    parser.registerCsiHandler({ intermediates: "$", final: "p" }, swallow),
    parser.registerCsiHandler({ prefix: "?", intermediates: "$", final: "p" }, swallow),
    parser.registerCsiHandler({ prefix: ">", final: "q" }, swallow),
    parser.registerCsiHandler({ prefix: "?", final: "u" }, swallow),
    parser.registerCsiHandler({ final: "t" }, swallow),
    parser.registerDcsHandler({ intermediates: "$", final: "q" }, swallow),
    parser.registerDcsHandler({ intermediates: "+", final: "q" }, swallow),
    ...[4, 5, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19].map((code) => parser.registerOscHandler(code, asks)),
  ];
}
