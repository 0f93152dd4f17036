import type { Ended } from './child.ts'

const MOST_LAST_WORDS = 300

/** How a program came to its end, with what it said last. */
export function ending({ code, signal }: Ended, stderr: string): string {
  const words = stderr.trim().slice(-MOST_LAST_WORDS)
  return `the program ended with ${signal ?? `code ${code}`}${words && `: ${words}`}`
}

/** The lines that two processes both said: what differs, such as addresses, is about the process and not about its end. */
export function common(one: string, other: string): string {
  const lines = new Set(one.split('\n'))
  return other
    .split('\n')
    .filter((line) => lines.has(line))
    .join('\n')
}
