import { redirect } from "next/navigation";

export default async function EnvironmentHome({ params }: { params: Promise<{ environment: string }> }) {
  const { environment } = await params;
  redirect(`/environments/${environment}/monitoring`);
}
