import { Overview } from "../../components/reference/overview.tsx";
import { askReference } from "../../reference/ask-reference.ts";

export default async function ReferenceOverview() {
  const answer = await askReference();
  return answer.kind === "ok" ? <Overview {...answer.value} /> : null; // the frame says that nobody answers
}
