/** The types name what the command line has: no flag is forgotten, and none is made up. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { checkCommand } from '../../src/cli/commands/check.ts'
import { fuzzCommand } from '../../src/cli/commands/fuzz.ts'
import { sweepFlags } from '../../src/cli/commands/sweep.ts'
import { simulateCommand } from '../../src/library/simulate.ts'

const text = readFileSync(join(import.meta.dirname, '../../src/library/options.ts'), 'utf8')
const session = { loaded: undefined, named: [], bounded: [] } as never

/** The fields of an interface, with those of the interfaces that it extends. */
function fieldsOf(name: string): Set<string> {
  const [, bases = '', body] = text.match(new RegExp(`interface ${name}\\b([^{]*)\\{\\n([\\s\\S]*?)\\n\\}`))!
  const omitted = [...bases.matchAll(/Omit<\w+, ([^>]*)>/g)].flatMap(([, names]) => names!.match(/\w+/g)!)
  const inherited = [...bases.matchAll(/\b(\w+Options)\b/g)].flatMap(([, base]) => [...fieldsOf(base!)])
  const own = [...body!.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, field]) => field!)
  return new Set([...inherited.filter((field) => !omitted.includes(field)), ...own])
}

const flags = (command: Command) => new Set(command.options.map((option) => option.attributeName()))

test.each<[string, (session: never) => Command, string[]]>([
  ['CheckOptions', checkCommand, []],
  ['FuzzOptions', fuzzCommand, []],
  ['SweepOptions', sweepFlags, ['out', 'published', 'withoutPictures', 'workers']],
  ['SimulateOptions', simulateCommand, []],
])('%s', (name, command, left) => {
  const fields = fieldsOf(name)
  for (const own of ['signal', 'onProgress', 'claims', 'file', 'bounds']) expect(fields.delete(own)).toBe(true)
  const known = flags(command(session))
  for (const flag of left) expect(known.delete(flag)).toBe(true)
  expect([...fields].sort()).toEqual([...known].sort())
})
