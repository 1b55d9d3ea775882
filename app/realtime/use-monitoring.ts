"use client";

import { useEffect, useRef, useState } from "react";
import type { MonitoringDimension, MonitoringFilter } from "../../domain/monitoring/dimensions.ts";
import { INITIAL_STATE, type LiveState, MonitoringClient } from "./monitoring-client.ts";
import { paced } from "./paced.ts";

/** Twice a second is live to the eye. */
const DRAW_INTERVAL_MS = 500;

/** The live picture of one environment under filters; a new subscription whenever these change. */
export function useMonitoring(
  environment: string,
  { filters, breakdowns }: { filters: readonly MonitoringFilter[]; breakdowns: readonly MonitoringDimension[] },
): LiveState {
  const [state, setState] = useState(INITIAL_STATE);
  const client = useRef<MonitoringClient | null>(null);
  const wanted = useRef({ filters, breakdowns });
  const wantedKey = JSON.stringify([filters, breakdowns]);
  const sentKey = useRef(wantedKey);

  useEffect(() => {
    wanted.current = { filters, breakdowns };
  });

  useEffect(() => {
    let drawn = INITIAL_STATE;
    const draw = (next: LiveState) => {
      drawn = next;
      setState(next);
    };
    const pace = paced<LiveState>(DRAW_INTERVAL_MS, draw, (next) => isNews(drawn, next));
    const line = new MonitoringClient(environment, wanted.current, pace.push);
    client.current = line;
    line.start();
    return () => {
      line.stop();
      pace.stop();
      client.current = null;
    };
  }, [environment]);

  useEffect(() => {
    if (sentKey.current === wantedKey) return;
    sentKey.current = wantedKey;
    client.current?.change(wanted.current);
  }, [wantedKey]);

  return state;
}

/** More than other numbers: the first ones, a changed state of the line, a problem. */
function isNews(drawn: LiveState, next: LiveState): boolean {
  return (
    (drawn.picture === null) !== (next.picture === null) ||
    drawn.pending !== next.pending ||
    drawn.problem !== next.problem ||
    drawn.line.connected !== next.line.connected ||
    drawn.picture?.stalled !== next.picture?.stalled
  );
}
