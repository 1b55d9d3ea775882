/** What `npm start -- …` asks for. */
export interface StartArguments {
  /** Begin anew: the data folder is emptied first. */
  fresh: boolean;
  /** Watch the sources: the app in Next's development mode, programs restarted when their code changes. */
  dev: boolean;
  /** Data folder as typed; relative to where the person typed it. */
  data: string;
}

export type ParsedArguments =
  | { kind: "start"; arguments: StartArguments }
  | { kind: "help" }
  | { kind: "wrong"; complaint: string };

const DEFAULT_DATA_FOLDER = ".playhead";

export const HELP = `npm start [-- options]

  --fresh       begin anew: deletes the data folder first
  --data DIR    keep databases, log, objects and secrets in DIR (default ${DEFAULT_DATA_FOLDER})
  --dev         watch the sources (npm run dev): no production build, programs restart when their code changes
  --help        this text

Environment, all optional (the whole list is in .env.example):
  PLAYHEAD_PORT_BASE=4000   moves every port together (default 3000)
  HOST=0.0.0.0              listens beyond this machine
  DATABASE_URL=…            a Postgres of your own instead of the embedded one
  CLICKHOUSE_URL=…          a ClickHouse of your own instead of the embedded one
  EVENTLOG_URL=kafka://…    Apache Kafka as the event log instead of a folder (docs/kafka.md)
  OBJECTS_URL=s3://…        a bucket of S3 for films and segments instead of a folder (docs/s3.md)`;

export function parseStartArguments(argv: readonly string[]): ParsedArguments {
  const result: StartArguments = { fresh: false, dev: false, data: DEFAULT_DATA_FOLDER };
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [name, inline] = splitOnce(word);
    if (name === "--help" || name === "-h") return { kind: "help" };
    if (name === "--fresh" && inline === null) result.fresh = true;
    else if (name === "--dev" && inline === null) result.dev = true;
    else if (name === "--data") {
      const folder = inline ?? rest.shift() ?? "";
      if (folder === "" || folder.startsWith("--")) return { kind: "wrong", complaint: "--data needs a folder" };
      result.data = folder;
    } else return { kind: "wrong", complaint: `unknown option ${word}; npm start -- --help lists them` };
  }
  return { kind: "start", arguments: result };
}

function splitOnce(word: string): [name: string, inline: string | null] {
  const at = word.indexOf("=");
  return at < 0 ? [word, null] : [word.slice(0, at), word.slice(at + 1)];
}
