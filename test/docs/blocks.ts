import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

export const ROOT = join(import.meta.dirname, '..', '..')

/** A fenced block of a page. */
export interface Block {
  /** From the root of the repository. */
  readonly page: string
  /** What stands behind the fence: `sh run`, `sh parse`, `text output`, `ts`. */
  readonly info: string
  readonly lines: readonly string[]
  /** Line numbers of the fences, from 0. */
  readonly first: number
  readonly last: number
}

/** Every page that a reader may open. */
export function pages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name))
  return ['README.md', 'CONTRIBUTING.md', ...docs].sort()
}

export function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
}

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = []
  let open: { info: string; first: number } | undefined
  const lines = read(page).split('\n')
  for (const [number, line] of lines.entries()) {
    if (!line.startsWith('```')) continue
    if (open) {
      blocks.push({ page, ...open, lines: lines.slice(open.first + 1, number), last: number })
      open = undefined
    } else open = { info: line.slice(3).trim(), first: number }
  }
  if (open) throw new Error(`${relative(ROOT, page)}: the block of line ${open.first + 1} has no end`)
  return blocks
}

/** The arguments of each `turncoat` line of a block: `npx` before it and a comment after it do not count. */
export function commandsOf({ lines }: Block): string[][] {
  return lines
    .map((line) => line.replace(/^(npx )?turncoat /, '\0').replace(/\s#.*$/, ''))
    .filter((line) => line.startsWith('\0'))
    .map((line) => [...line.slice(1).matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!))
}
