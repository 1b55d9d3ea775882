import { redirect } from "next/navigation";
import { NoEnvironment } from "./components/shell/no-environment.tsx";
import { ServerDown } from "./components/shell/server-down.tsx";
import { askMembership } from "./session/membership.ts";

/** `/` is the first environment's first page. */
export default async function Home() {
  const answer = await askMembership();
  if (answer.kind === "unauthorized") redirect("/sign-in");
  if (answer.kind !== "ok") return <ServerDown />;
  const [first] = answer.value.environments;
  if (first === undefined) return <NoEnvironment person={answer.value.person} />;
  redirect(`/environments/${first.id}/monitoring`);
}
