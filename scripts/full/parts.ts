/** One long test of `npm run test:full`. */
export interface Part {
  name: string;
  /** One sentence: what a pass means. */
  shows: string;
  /**
   * The code whose change makes the result old, as globs: what is judged and what judges. Tests are no code unless the
   * glob ends as they do.
   */
  covers: readonly string[];
  /** Run from the repository's folder under the pinned Node; its last lines are kept as the figures. */
  command: readonly [string, ...string[]];
  /** Variables on top of the inherited environment. */
  variables?: Readonly<Record<string, string>>;
  /** About how long it takes on 2 cores. */
  minutes: number;
}

const VITEST = "node_modules/vitest/vitest.mjs";

/** A collector as it runs, and the processes and clocks of every benchmark. */
const COLLECTOR = ["collector/**", "domain/**", "platform/**", "migrations/**", "bench/{stack,measure}/**"];
const SIMULATED = "scripts/simulate/**";

const SOAKED = [...COLLECTOR, SIMULATED, "bench/kill/**", "bench/soak/**", "bench/soak.ts"];

export const PARTS: readonly Part[] = [
  {
    name: "eventlog-kills",
    shows: "Records acknowledged by the event log survive kill -9 of the writer, none twice.",
    covers: ["platform/eventlog/**", "platform/eventlog/crash.int.test.ts"],
    command: [
      VITEST,
      "run",
      "--project",
      "integration",
      "--testTimeout=1800000",
      "platform/eventlog/crash.int.test.ts",
    ],
    variables: { EVENTLOG_KILLS: "200" },
    minutes: 8,
  },
  {
    name: "kill-matrix",
    shows:
      "Edge, views, ClickHouse and Postgres killed five times each in a simulation: every acknowledged beacon counted exactly once.",
    covers: [...COLLECTOR, SIMULATED, "bench/kill/**", "bench/kill-matrix.ts"],
    command: ["bench/kill-matrix.ts"],
    minutes: 12,
  },
  {
    name: "transcoder-kills",
    shows:
      "Transcoders killed during 50 segment requests each, and encoders at random during 500: no short or wrong 200, all served afterwards.",
    covers: [
      "transcoder/**",
      "delivery/**",
      "domain/{media,mp4}/**",
      "platform/{objects,leases,jobs}/**",
      "bench/{measure,stack,ready}/**",
      "bench/kill/transcoder-kill.int.test.ts",
    ],
    command: [
      VITEST,
      "run",
      "--project",
      "integration",
      "--testTimeout=1800000",
      "bench/kill/transcoder-kill.int.test.ts",
    ],
    variables: { TRANSCODER_KILLS: "20", ENCODER_REQUESTS: "500" },
    minutes: 10,
  },
  {
    name: "media-fuzz",
    shows:
      "2,000 spoilt and disguised files, uploaded: each ready or errored within 30 s with words; no crash, no process without limits, no connection, no file that is not its own (strace).",
    covers: [
      "transcoder/**",
      "server/{uploads,video}/**",
      "domain/{asset,media,mp4,upload}/**",
      "bench/{fuzz,media-fuzz,measure,stack}/**",
      "bench/media-fuzz.ts",
      "scripts/testing/media.ts",
    ],
    command: ["bench/media-fuzz.ts"],
    minutes: 40,
  },
  {
    name: "matrix",
    shows:
      "Some 200 files of every kind, uploaded: each ready or errored with the right reason; HLS of every rendition picture by picture the source's, as good as one continuous encode also at joins, sound at its place.",
    covers: [
      "transcoder/**",
      "delivery/**",
      "server/{uploads,video}/**",
      "domain/{asset,media,mp4,upload}/**",
      "domain/hls/testing/**",
      "bench/{encode,manifests,matrix,measure,ready,stack}/**",
      "bench/matrix.ts",
      "scripts/testing/media.ts",
    ],
    command: ["bench/matrix.ts"],
    minutes: 25,
  },
  {
    name: "ready",
    shows:
      "From an upload's last byte to ready and to the first segment of the first listed rendition: under 3 s, and under 1 s more for an hour than for 10 s.",
    covers: [
      "transcoder/**",
      "delivery/**",
      "server/{uploads,video}/**",
      "domain/{asset,media,mp4,upload}/**",
      "bench/{measure,ready,stack}/**",
      "bench/ready.ts",
      "scripts/testing/media.ts",
    ],
    command: ["bench/ready.ts"],
    minutes: 3,
  },
  {
    name: "upload",
    shows:
      "1 GiB in chunks of 5 MB, one in twenty broken off and sent again once: equal hash. One PUT: at least 0.6 of nginx, both durable.",
    covers: [
      "server/uploads/**",
      "domain/upload/**",
      "platform/{http,objects}/**",
      "bench/{measure,stack,upload}/**",
      "bench/collector/nginx.ts",
      "bench/upload.ts",
    ],
    command: ["bench/upload.ts"],
    minutes: 3,
  },
  {
    name: "delivery",
    shows:
      "Stored segments from delivery, public and signed: at least 0.3 of nginx on the same bytes; 200 viewers at the rate of playback p99 < 50 ms.",
    covers: [
      "delivery/**",
      "domain/{media,playback,usage}/**",
      "platform/{eventlog,http,memory,objects,tokens}/**",
      "bench/{delivery,measure,stack}/**",
      "bench/collector/nginx.ts",
      "bench/delivery.ts",
    ],
    command: ["bench/delivery.ts"],
    minutes: 4,
  },
  {
    name: "encode",
    shows:
      "Filling in a ladder costs at most 1.15 of one ffmpeg run, a viewer's walk 1.3; cold segments p95 < 1.5 s encoded, < 50 ms copied.",
    covers: [
      "transcoder/**",
      "delivery/**",
      "domain/{media,mp4}/**",
      "platform/{objects,leases,jobs}/**",
      "bench/{encode,measure,ready,stack}/**",
      "bench/encode.ts",
    ],
    command: ["bench/encode.ts"],
    minutes: 6,
  },
  {
    name: "images",
    shows:
      "200 thumbnails at random times of an hour of 1080p: p95 < 600 ms cold, < 100 ms where a low rendition is stored.",
    covers: [
      "transcoder/{images,source,launch}/**",
      "transcoder/*.ts",
      "delivery/**",
      "domain/{media,mp4}/**",
      "bench/{images,measure,ready,stack}/**",
      "bench/images.ts",
    ],
    command: ["bench/images.ts"],
    minutes: 6,
  },
  {
    name: "players",
    shows:
      "hls.js, mux-player, video.js and Shaka (DASH and HLS) in Chromium: 50 random seeks each with changes of rendition, the right picture on screen after every one, no error.",
    covers: [
      "transcoder/**",
      "delivery/**",
      "domain/{media,mp4}/**",
      "bench/{stack,ready}/**",
      "playwright/players/**",
      "playwright/players.spec.ts",
      "playwright/system/site.ts",
    ],
    command: ["node_modules/@playwright/test/cli.js", "test", "--project=players", "playwright/players.spec.ts"],
    variables: { PLAYER_SEEKS: "50" },
    minutes: 5,
  },
  {
    name: "sdk-suite",
    shows:
      "The SDK's own tests of video and system, of the two newest repositories, against the server's routes; without live streams, robots and DRM, which are not offered.",
    covers: [
      "server/**",
      "domain/asset/**",
      "scripts/sdk-{fixtures,suite}/**",
      "scripts/sdk-{fixtures,suite}.ts",
      "scripts/testing/{leftovers,run-tool}.ts",
    ],
    command: ["scripts/sdk-suite.ts"],
    minutes: 3,
  },
  {
    name: "latency",
    shows: "From the sender's last byte to the browser's message with 500 viewers: p50 < 1 s, p99 < 3 s.",
    covers: [...COLLECTOR, SIMULATED, "bench/latency/**", "bench/latency.ts"],
    command: ["bench/latency.ts"],
    minutes: 6,
  },
  {
    name: "edge",
    shows: "The edge, on a real disk, makes at least half as many requests durable as a bare server parses.",
    covers: [
      "collector/edge/**",
      "domain/**",
      "platform/**",
      "bench/{collector,fuzz,measure,stack}/**",
      "bench/collector.ts",
    ],
    command: ["bench/collector.ts"],
    minutes: 4,
  },
  {
    name: "pipeline",
    shows:
      "20,000 viewers and more with edge, views, both databases and the viewers on one machine: p99 < 3 s to the subscriber, all counts true.",
    covers: [...COLLECTOR, "bench/{pipeline,latency}/**", "bench/pipeline.ts"],
    command: ["bench/pipeline.ts"],
    minutes: 25,
  },
  {
    name: "queries",
    shows: "10 million views: 24 h p95 < 300 ms four at a time; 30 days < 1 s, series < 300 ms; answers as by hand.",
    covers: [
      "domain/{metrics,view}/**",
      "platform/clickhouse/**",
      "migrations/clickhouse/**",
      "bench/{queries,measure,stack}/**",
      "bench/queries.ts",
    ],
    command: ["bench/queries.ts"],
    minutes: 25,
  },
  {
    name: "data-api",
    shows:
      "Every call of the Data API over HTTP on 10 million views: 24 h p95 < 300 ms four at a time; 30 days < 1 s and at most 1.3 times the SQL by hand; 100 equal dashboards cost at most 1.5 times one.",
    covers: [
      "server/{auth,data,http}/**",
      "server/*.ts",
      "domain/{data-api,metrics,monitoring,view}/**",
      "platform/{clickhouse,http,memory}/**",
      "migrations/clickhouse/**",
      "bench/{data-api,queries,measure,stack}/**",
      "bench/data-api.ts",
    ],
    command: ["bench/data-api.ts"],
    minutes: 20,
  },
  {
    name: "webhooks",
    shows:
      "10,000 events, one receiver that refuses a fifth and one that hangs, the server killed twice: none lost, first attempts at the others p95 < 500 ms.",
    covers: [
      "server/{http,video,webhooks}/**",
      "server/*.ts",
      "domain/{network,webhooks}/**",
      "platform/{fetching,postgres,webhooks}/**",
      "migrations/postgres/**",
      "bench/{measure,stack,webhooks}/**",
      "bench/webhooks.ts",
    ],
    command: ["bench/webhooks.ts"],
    minutes: 10,
  },
  {
    name: "fold-fuzz",
    shows: "Any permutation and repetition of a view's events folds into the same view, many thousand runs.",
    covers: ["domain/{view,wire}/**", "domain/{view,wire}/**/*.test.ts"],
    command: [VITEST, "run", "--project", "unit", "--testTimeout=1800000", "domain"],
    variables: { FC_RUNS: "20000" },
    minutes: 10,
  },
  {
    name: "beacon-fuzz",
    shows: "100,000 mutated and random beacons: no crash, answers 200, another environment's numbers exactly right.",
    covers: [...COLLECTOR, SIMULATED, "bench/{fuzz,kill}/**", "bench/beacon-fuzz.ts"],
    command: ["bench/beacon-fuzz.ts"],
    minutes: 10,
  },
  {
    name: "kafka-brokers",
    shows: "Three brokers, one killed six times: what was acknowledged is read, in order, nothing twice.",
    covers: ["platform/eventlog/**", "platform/eventlog/kafka/broker-loss.int.test.ts"],
    command: [
      VITEST,
      "run",
      "--project",
      "integration",
      "--testTimeout=1800000",
      "platform/eventlog/kafka/broker-loss.int.test.ts",
    ],
    variables: { KAFKA_BROKERS: "3" },
    minutes: 3,
  },
  {
    name: "soak",
    shows:
      "50 random kills of edge, views and both databases during a million events: nothing lost, doubled or pending, and a replay gives equal tables.",
    covers: SOAKED,
    command: ["bench/soak.ts", "--log", "embedded"],
    minutes: 25,
  },
  {
    name: "soak-kafka",
    shows:
      "The same on Kafka with two edges and two views, the broker among the killed; on top of the kills it and views stand still 15 times.",
    covers: SOAKED,
    command: ["bench/soak.ts", "--log", "kafka"],
    minutes: 35,
  },
  {
    name: "backup",
    shows:
      "A backup of a Playhead that goes on taking films in comes back in a new one: token, assets, views, a segment's bytes.",
    covers: [
      "platform/backup/**",
      "scripts/backup*",
      "scripts/backup/**",
      "migrations/**",
      "bench/{ready,stack}/**",
      "bench/backup.ts",
    ],
    command: ["bench/backup.ts"],
    minutes: 4,
  },
  {
    name: "start-stop",
    shows: "A clean clone starts with one command, again in under 15 s, stops within 10 s, keeps its data; any user.",
    covers: [
      "scripts/start.mjs",
      "scripts/bootstrap/**",
      "scripts/supervise*",
      "scripts/supervise/**",
      "scripts/debian/**",
      "scripts/full/start-stop*.ts",
      "scripts/testing/leftovers.ts",
      "package-lock.json",
    ],
    command: ["scripts/full/start-stop.ts"],
    minutes: 8,
  },
];
