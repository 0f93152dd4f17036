/** Exceptions whose stacks are kept; there are rarely more than one or two. */
const MOST_STACKS = 100

/**
 * The stacks of what handlers threw, by what a local state says of it. They are for people: a state holds nothing that
 * differs between two machines, or between two ways to load a file.
 */
const stacks = new Map<string, string>()

/** What a local state says of an exception of a handler; its stack can be asked for afterwards. */
export function thrown(text: string, { stack }: { readonly stack?: string }): string {
  if (stack !== undefined && stacks.size < MOST_STACKS && !stacks.has(text)) stacks.set(text, stack)
  return text
}

/** Where an exception was thrown, as far as this thread has seen it. */
export function stackOf(threw: string): string | undefined {
  return stacks.get(threw)
}
