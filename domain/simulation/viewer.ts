import { type Agenda, createAgenda } from "./agenda.ts";
import type { Dice } from "./behaviour.ts";
import { chooseCdn, createCatalogue, RENDITIONS, type Title } from "./catalogue.ts";
import { type Course, createCourse, enterPhase, isWatching, truthOf } from "./course.ts";
import { failToLoad, loadNext, loadPage } from "./load-steps.ts";
import { playerFields, playerName, videoFields } from "./metadata.ts";
import { liveDelayMs, ODD_SEED, oddPerson, oddRendition } from "./oddities.ts";
import { isHitBy, type SimulationOptions } from "./options.ts";
import { createOutbox } from "./outbox.ts";
import { clientTime, emit, type Page, type Watcher } from "./page.ts";
import { choosePerson, createSdkId, type Person } from "./person.ts";
import { createRandom, deriveSeed } from "./random.ts";
import { createReport, forgetView, setFields } from "./report.ts";
import { noRequests } from "./requests.ts";
import { createTransport, type SendAction } from "./transport.ts";
import type { ViewTruth } from "./view-truth.ts";

/** One person with one device, who watches video after video until the simulation ends. */
export interface Viewer {
  /** True time of the next thing to do; Infinity when only answers are awaited, or nothing at all. */
  nextActionAt(): number;
  /** Lives up to `nowMs` and returns what is to be sent. */
  advance(nowMs: number): SendAction[];
  /** A request was answered with 2xx. */
  acknowledge(actionId: number, nowMs: number): void;
  /** A request was answered otherwise, or not at all. */
  fail(actionId: number, nowMs: number): void;
  /** Closes the page, for good. */
  leave(nowMs: number): SendAction[];
  truth(nowMs: number): ViewTruth[];
  /** Counts as a concurrent viewer right now. */
  isWatching(): boolean;
  /** Left for good, and no answer is awaited. */
  isGone(): boolean;
}

/** The source is broken before anyone presses play. */
const LOAD_FAILURE_CHANCE = 0.004;
const LOAD_FAILURE_CHANCE_HIT = 0.15;
/** Nobody closes all tabs in the same millisecond. */
const LEAVING_MS = 1_500;
/** Appointments that belong to the open page. */
const PAGE_APPOINTMENTS = ["playback", "segment", "heartbeat", "tick", "flush"];

/** A viewer of a run that begins at `startMs` (Unix milliseconds). Same seed, index and answers: same requests. */
export function createViewer(index: number, options: SimulationOptions, startMs: number): Viewer {
  const random = createRandom(deriveSeed(options.seed, index));
  const joinAtMs = startMs + Math.floor(((index + random.unit()) * options.rampMs) / options.viewers);
  const stopAtMs = startMs + options.durationMs + random.integer(0, LEAVING_MS);
  const odd = createRandom(deriveSeed(options.seed ^ ODD_SEED, index));
  const person = oddPerson(choosePerson(random, joinAtMs), odd, options);
  const dice: Dice = { random, odd, options, startMs, person };
  const agenda = createAgenda();
  const transport = createTransport(index, dice, agenda);
  const courses: Course[] = [];
  const session: Session = { dice, agenda, transport, courses, watcher: null, titles: createCatalogue(options.titles) };

  if (joinAtMs < stopAtMs) {
    agenda.set("open", joinAtMs, (atMs) => openPage(session, atMs));
    agenda.set("stop", stopAtMs, (atMs) => stop(session, atMs));
  }
  return {
    nextActionAt: () => agenda.nextAtMs(),
    advance(nowMs) {
      transport.setNow(nowMs);
      agenda.runUntil(nowMs);
      return transport.drain();
    },
    acknowledge: (actionId, nowMs) => transport.settle(actionId, true, nowMs),
    fail: (actionId, nowMs) => transport.settle(actionId, false, nowMs),
    leave(nowMs) {
      transport.setNow(nowMs);
      stop(session, Math.round(nowMs));
      return transport.drain();
    },
    truth: (nowMs) => courses.map((course) => truthOf(course, index, options.environmentKey, Math.round(nowMs))),
    isWatching: () => session.watcher !== null && isWatching(session.watcher.page.course.phase),
    isGone: () => agenda.nextAtMs() === Number.POSITIVE_INFINITY && transport.isIdle(),
  };
}

interface Session {
  dice: Dice;
  agenda: Agenda;
  transport: ReturnType<typeof createTransport>;
  courses: Course[];
  titles: readonly Title[];
  /** null while no page is open. */
  watcher: Watcher | null;
}

function openPage(session: Session, atMs: number): void {
  const { dice, agenda, transport } = session;
  const { random, person, options } = dice;
  const course = beginCourse(session, atMs);
  const page: Page = {
    report: createReport(),
    outbox: createOutbox(),
    course,
    requests: noRequests(),
    viewCount: 0,
    scaledContentMs: 0,
  };
  const watcher: Watcher = {
    dice,
    agenda,
    page,
    flush: (flushAtMs) => transport.flush(page, flushAtMs),
    armTick: (armedAtMs) => transport.armTick(page, armedAtMs),
    finish: (how, overAtMs) => (how === "next" ? watchNext(session, overAtMs) : closePage(session, overAtMs)),
  };
  session.watcher = watcher;
  const clientMs = clientTime(watcher, atMs);
  const instanceId = createSdkId(random, clientMs);
  setFields(page.report, playerFields(person, options, { instanceId, initTimeMs: clientMs - 40, autoplay: false }));
  describeVideo(watcher);
  const chance = isHitBy(options, "failure", course.dimensions, atMs - dice.startMs)
    ? LOAD_FAILURE_CHANCE_HIT
    : LOAD_FAILURE_CHANCE;
  if (random.chance(chance)) failToLoad(watcher, atMs);
  else loadPage(watcher, atMs);
}

function beginCourse(session: Session, atMs: number): Course {
  const { random, person } = session.dice;
  const title = random.weighted(session.titles);
  const cdn = chooseCdn(random);
  const course = createCourse({
    viewId: createSdkId(random, atMs + person.clockSkewMs),
    title,
    cdn,
    dimensions: dimensionsOf(person, title, cdn.name),
    loadedAtMs: atMs,
    rendition: random.pick(person.device.category === "phone" ? RENDITIONS.slice(0, 3) : RENDITIONS.slice(1)),
  });
  course.rendition = oddRendition(session.dice, course.rendition);
  course.liveDelayMs = liveDelayMs(session.dice, title);
  session.courses.push(course);
  return course;
}

function dimensionsOf({ country, device }: Person, title: Title, cdn: string): Course["dimensions"] {
  return {
    cdn,
    country: country.code,
    title: title.title,
    device: device.category,
    browser: device.browser,
    os: device.os,
    player: playerName(device),
  };
}

function describeVideo({ dice, page }: Watcher): void {
  const { course, report } = page;
  setFields(report, videoFields(course.title, course.viewId, page.viewCount > 0));
  if (dice.person.playerKind !== "native") return;
  setFields(report, { video_cdn: course.cdn.name }); // no request tells it, so the page does
  course.cdnTold = true;
}

/** A video change in the same player (data-wire.md §7). mux-player starts afresh, as after a page load. */
function watchNext(session: Session, atMs: number): void {
  const { watcher, dice, agenda } = session;
  if (watcher === null) return;
  if (dice.person.playerKind === "mux-player") {
    closePage(session, atMs);
    return;
  }
  endView(watcher, atMs);
  agenda.set("playback", atMs + 20, (nextAtMs) => {
    forgetView(watcher.page.report);
    watcher.page.course = beginCourse(session, nextAtMs);
    describeVideo(watcher);
    loadNext(watcher, nextAtMs);
  });
}

/** A view that was only loaded ends without a word. */
function endView(watcher: Watcher, atMs: number): void {
  const { course } = watcher.page;
  for (const name of ["playback", "segment"]) watcher.agenda.clear(name);
  if (course.phase === "left") return; // between two videos
  enterPhase(course, "left", atMs);
  if (course.intentAtMs === null) return;
  course.endedAtMs = atMs;
  emit(watcher, "viewend", atMs);
}

/** The tab is closed: `viewend` if anything was wanted, then the queue twice. Another page follows. */
function closePage(session: Session, atMs: number): void {
  const { watcher, transport, agenda, dice } = session;
  if (watcher === null) return;
  session.watcher = null;
  watcher.page.outbox.closed = true;
  endView(watcher, atMs);
  transport.sendLast(watcher.page, atMs);
  for (const name of PAGE_APPOINTMENTS) agenda.clear(name);
  agenda.set("open", atMs + dice.random.integer(700, 2_500), (openAtMs) => openPage(session, openAtMs));
}

function stop(session: Session, atMs: number): void {
  closePage(session, atMs);
  session.agenda.clearAll();
}
