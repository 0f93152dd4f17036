import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { strategies } from '../src/adversary/index.ts'
import { choosers } from '../src/fuzz/schedule/choosers.ts'
import { registry } from '../src/protocols/index.ts'
import * as tidy from './tidy.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const read = (folder: string): tidy.SourceFile[] =>
  readdirSync(`${root}/${folder}`, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return read(path)
    return /\.tsx?$/.test(path) ? [{ path, text: readFileSync(`${root}/${path}`, 'utf8') }] : []
  })

const sources = [...read('src'), ...read('properties')]
const all = [...sources, ...read('test'), ...read('bench')]

const one = (path: string, text: string): tidy.SourceFile[] => [{ path, text }]
const long = `${'x()\n'.repeat(80)}`

/** Each rule with the smallest file that breaks it, and one that looks like it and does not. */
const rules: [string, (files: readonly tidy.SourceFile[]) => string[], tidy.SourceFile[], tidy.SourceFile[]][] = [
  [
    'a folder imports only from those above it',
    tidy.wrongDirection,
    one('src/model/a.ts', "import { b } from '../system/b.ts'"),
    one('src/system/b.ts', "import { a } from '../model/a.ts'"),
  ],
  [
    'the model imports immer and hashing only',
    tidy.wrongDirection,
    one('src/model/a.ts', "import { z } from 'zod'"),
    one('src/model/a.ts', "import { createDraft } from 'immer'"),
  ],
  [
    'only the registry imports properties',
    tidy.wrongDirection,
    one('src/protocols/a.ts', "import { a } from '../../properties/a.ts'"),
    one('src/protocols/index.ts', "import { a } from '../../properties/a.ts'"),
  ],
  [
    'properties know nothing of engines',
    tidy.wrongDirection,
    one('properties/a.ts', "import { b } from '../src/fuzz/b.ts'"),
    one('properties/a.ts', "import type { A } from '../src/protocols/a.ts'"),
  ],
  [
    'imports make no circle',
    tidy.cycles,
    [...one('src/fuzz/a.ts', "import { b } from './b.ts'"), ...one('src/fuzz/b.ts', "export * from './a.ts'")],
    [...one('src/fuzz/a.ts', "import { b } from './b.ts'"), ...one('src/fuzz/b.ts', "import { A } from './c.ts'")],
  ],
  [
    'imports of types make no circle either',
    tidy.cycles,
    [...one('src/fuzz/a.ts', "import { b } from './b.ts'"), ...one('src/fuzz/b.ts', "import type { A } from './a.ts'")],
    one('src/fuzz/a.ts', "import type { b } from './b.ts'"),
  ],
  [
    'subfolders make no circle',
    tidy.subfolderCycles,
    [...one('src/fuzz/a/x.ts', "import { b } from '../b.ts'"), ...one('src/fuzz/b.ts', "import { A } from './a/y.ts'")],
    [
      ...one('src/fuzz/a/x.ts', "import { b } from '../b/x.ts'"),
      ...one('src/fuzz/c.ts', "import { A } from './a/x.ts'"),
    ],
  ],
  [
    'no clock and no dice',
    tidy.clocksAndDice,
    one('src/fuzz/a.ts', 'const roll = Math.random()'),
    one('src/cli/a.ts', 'const now = Date.now() // not Math.random'),
  ],
  [
    'no order that depends on the machine',
    tidy.clocksAndDice,
    one('src/trace/a.ts', 'list.sort((a, b) => a.localeCompare(b))'),
    one('src/trace/a.ts', '// never localeCompare\nlist.sort(byText)'),
  ],
  [
    'only the command line touches the world',
    tidy.outsideWorld,
    one('src/report/a.ts', 'console.log(1)'),
    one('src/cli/a.ts', "import { readFile } from 'node:fs/promises'\nconsole.log(process.argv)"),
  ],
  [
    'only the command line reads files',
    tidy.outsideWorld,
    one('src/trace/a.ts', "import { readFile } from 'node:fs/promises'"),
    one('src/model/a.ts', "import { createHash } from 'node:crypto'"),
  ],
  ['files are short', tidy.tooLong, one('src/a.ts', long.repeat(4)), one('src/a.ts', long)],
  [
    'functions are short',
    tidy.longFunctions,
    one('src/a.ts', `function a(b: number): string {\n${long}}`),
    one('src/a.ts', `class A {\n  b(): void {\n    x()\n  }\n${'  c = 1\n'.repeat(80)}}`),
  ],
  [
    'methods and arrow functions are short',
    tidy.longFunctions,
    one('src/a.ts', `const a = {\n  b(c) {\n${long}},\n}`),
    one('src/a.ts', `const a = {\n${'  b: (c) => c,\n'.repeat(80)}}`),
  ],
  [
    'files have names that say what is in them',
    tidy.badNames,
    one('src/fuzz/utils.ts', ''),
    one('src/fuzz/run/run.ts', ''),
  ],
]

/** Two classes that hold each other: an edge keeps the row that it leads to. */
const known = ['src/kernel/edge.ts → src/kernel/row.ts → src/kernel/edge.ts']

describe.each(rules)('%s', (_, rule, bad, good) => {
  test('in this repository', () => {
    const everywhere = rule === tidy.badNames || rule === tidy.tooLong || rule === tidy.longFunctions
    expect(rule(everywhere ? all : sources).filter((one) => !known.includes(one))).toEqual([])
  })

  test('and the rule can tell', () => {
    expect(rule(bad)).not.toEqual([])
    expect(rule(good)).toEqual([])
  })
})

describe('everything is registered', () => {
  const lists: [string, RegExp, string][] = [
    ['src/protocols/', /\bdefine(?:Protocol|Lockstep)\s*</, 'src/protocols/index.ts'],
    ['src/adversary/', /:\s*Strategy\s*=/, 'src/adversary/strategies.ts'],
    ['src/fuzz/', /:\s*Chooser\s*=/, 'src/fuzz/schedule/choosers.ts'],
  ]

  test.each(lists)('%s', (folder, declares, list) => {
    expect(tidy.unlisted(sources, folder, declares, list)).toEqual([])
    const example = ['x: Strategy = {}', 'x: Chooser = {}', 'defineProtocol<X>({})'].find((text) =>
      declares.test(text),
    )!
    expect(tidy.unlisted([...sources, ...one(`${folder}forgotten.ts`, example)], folder, declares, list)).toEqual([
      `${folder}forgotten.ts is missing from ${list}`,
    ])
  })

  test('under names of their own, with properties', () => {
    const names = [
      ...registry.flatMap(({ protocol, variants }) => [protocol, ...variants].map(({ subject }) => subject)),
      ...strategies.map(({ name }) => `strategy ${name}`),
      ...choosers.map(({ name }) => `chooser ${name}`),
    ]
    expect(names).toEqual([...new Set(names)])
    for (const { protocol, properties } of registry) {
      expect(sources.map(({ path }) => path)).toContain(`properties/${protocol.definition.name}.ts`)
      expect(properties.claims.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['invariant', 'sometimes']))
    }
  })
})
