import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { OperationSection } from "../../../components/reference/operation-section.tsx";
import { askReference } from "../../../reference/ask-reference.ts";

interface Props {
  params: Promise<{ group: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const group = await groupOf(params);
  return group === null ? {} : { title: group.name };
}

export default async function ReferenceGroup({ params }: Props) {
  const answer = await askReference();
  if (answer.kind !== "ok") return null; // the frame says that nobody answers
  const group = await groupOf(params);
  if (group === null) notFound();
  return (
    <div className="pb-16">
      <h1 className="font-semibold text-2xl tracking-[-0.02em]">{group.name}</h1>
      <p className="mt-2 mb-8 max-w-prose text-base text-muted">{group.description}</p>
      {group.operations.map((operation) => (
        <OperationSection key={operation.id} operation={operation} origin={answer.value.origin} />
      ))}
    </div>
  );
}

async function groupOf(params: Props["params"]) {
  const [{ group: slug }, answer] = await Promise.all([params, askReference()]);
  return answer.kind === "ok" ? (answer.value.groups.find((group) => group.slug === slug) ?? null) : null;
}
