import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../../domain/simulation/random.ts";
import { type Distribution, distributionOf } from "../measure/distribution.ts";
import { startVideoStack, type VideoStack } from "../stack/video-stack.ts";
import { ask, makeHappen } from "./happenings.ts";
import { type Answer, failsSome, hangs, type Receiver, startReceiver, takesAll } from "./receivers.ts";

/** What the one that fails refuses. */
const FAILING_RATIO = 0.2;
/** First attempts that are told together. */
const WINDOW = 1_000;
const LOOK_MS = 500;
/** Receivers whose requests are told while it runs. */
const TOLD = 5;

export interface RunOptions {
  events: number;
  /** Events a second. */
  perSecond: number;
  /** How often the server is killed, spread over the events. */
  kills: number;
  /** Receivers that never answer. */
  hanging: number;
  seed: number;
  /** After the last event, for those that were refused. */
  patienceMs: number;
  say: (line: string) => void;
}

export interface ReceiverFigures {
  name: string;
  requests: number;
  /** Acknowledged changes whose event was taken, and was not. */
  taken: number;
  lost: number;
  /** Requests for events that it had taken. */
  repeated: number;
  /** From the event to its first request, in milliseconds: of all, and of the worst thousand one after another. */
  first: Distribution;
  worstWindowP95: number;
}

export interface RunFigures {
  healthy: ReceiverFigures[];
  failing: ReceiverFigures;
  hanging: ReceiverFigures[];
  tookMs: number;
}

/** Makes events happen while a receiver refuses some, others hang and the server is killed; resolves when all are taken, or patience ends. */
export async function runWebhooks(options: RunOptions): Promise<RunFigures> {
  const random = createRandom(options.seed);
  const answers: [string, Answer][] = [
    ...["one", "two", "three"].map((name): [string, Answer] => [name, takesAll]),
    ["failing", failsSome(FAILING_RATIO, random)],
    ...Array.from({ length: options.hanging }, (_, at): [string, Answer] => [`hanging${at + 1}`, hangs]),
  ];
  const receivers = await Promise.all(answers.map(([name, answer]) => startReceiver(name, answer)));
  const stack = await startVideoStack({
    programs: ["server"],
    variables: {
      FETCH_ALLOW: "127.0.0.0/8",
      LOG_LEVEL: "error",
      API_RATE_PER_SECOND: "100000",
      API_RATE_BURST: "1000000",
    },
  });
  try {
    return await run(stack, receivers, options);
  } finally {
    await stack.stop();
    for (const receiver of receivers) await receiver.close();
  }
}

async function run(stack: VideoStack, receivers: readonly Receiver[], options: RunOptions): Promise<RunFigures> {
  const { events, perSecond, kills, patienceMs, say } = options;
  for (const { address } of receivers) await ask(stack, "POST", "/system/v1/webhooks", { address });
  const startMs = performance.now();
  const killing = killAt(
    stack,
    Array.from({ length: kills }, (_, at) => Math.floor((events * (at + 1)) / (kills + 1))),
    say,
  );
  const marks = await makeHappen(stack, { count: events, perSecond }, (done) => {
    killing.reached(done);
    if (done % WINDOW === 0)
      say(
        `${done} events, ${receivers
          .slice(0, TOLD)
          .map(({ name, requests }) => `${name} ${requests}`)
          .join(", ")}`,
      );
  });
  await killing.done();
  const [one, two, three, failing, ...hanging] = receivers as [Receiver, Receiver, Receiver, Receiver, ...Receiver[]];
  const deadlineMs = performance.now() + patienceMs;
  const taking = [one, two, three, failing];
  while (performance.now() < deadlineMs && taking.some((receiver) => figuresOf(receiver, marks).lost > 0))
    await sleep(LOOK_MS);
  return {
    healthy: [one, two, three].map((receiver) => figuresOf(receiver, marks)),
    failing: figuresOf(failing, marks),
    hanging: hanging.map((receiver) => figuresOf(receiver, marks)),
    tookMs: performance.now() - startMs,
  };
}

/** Kills the server as soon as so many events were acknowledged, and starts it again at once. */
function killAt(stack: VideoStack, counts: readonly number[], say: (line: string) => void) {
  const waiting = [...counts];
  let killing = Promise.resolve();
  const kill = async (done: number): Promise<void> => {
    await stack.end("server", "SIGKILL");
    await stack.start("server");
    say(`server killed and started again after ${done} events`);
  };
  return {
    reached: (done: number): void => {
      if (done < (waiting[0] ?? Number.POSITIVE_INFINITY)) return;
      waiting.shift();
      killing = killing.then(() => kill(done));
    },
    done: () => killing,
  };
}

function figuresOf({ name, requests, arrivals }: Receiver, marks: readonly string[]): ReceiverFigures {
  const all = [...arrivals.values()];
  const taken = new Set(all.filter(({ isTaken }) => isTaken).map(({ mark }) => mark));
  const inOrder = all.toSorted((a, b) => a.createdAtMs - b.createdAtMs);
  const waits = inOrder.map(({ createdAtMs, firstAtMs }) => firstAtMs - createdAtMs);
  const windows = Array.from({ length: Math.ceil(waits.length / WINDOW) }, (_, at) =>
    distributionOf(waits.slice(at * WINDOW, (at + 1) * WINDOW)),
  );
  return {
    name,
    requests,
    taken: marks.filter((mark) => taken.has(mark)).length,
    lost: marks.filter((mark) => !taken.has(mark)).length,
    repeated: all.reduce((sum, { repeats }) => sum + repeats, 0),
    first: distributionOf(waits),
    worstWindowP95: Math.max(...windows.map(({ p95 }) => p95)),
  };
}
