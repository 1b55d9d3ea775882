/** Whether a text holds the parameter `search`, in any case; signs such as % stand for themselves. */
export function isFound(textSql: string): string {
  return `positionCaseInsensitiveUTF8(${textSql}, {search: String}) > 0`;
}
