import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { emptyFolder } from '../cli/world.ts'
import { ADAPTERS, adapters, lacking, MODEL } from '../external/adapters.ts'

const DIST = join(import.meta.dirname, '../../dist/src')
const SOURCES = join(DIST, 'index.js')

/** A command, in a process of its own. */
function turncoat(folder: string, argv: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(DIST, 'cli/main.js'), ...argv], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { stdout, stderr, code: status }
}

/** What `conform` says of a program and a model, and how it ends. */
function conform(folder: string, flags: readonly string[]) {
  const { stdout, stderr, code } = turncoat(folder, ['conform', ...flags, '--workers', '1', '--json'])
  return { ...JSON.parse(stdout), code, stderr }
}

/** By language, the program alone: with any rules that it is given. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  Python: ['python3', 'register.py'],
  Go: ['./register'],
}

describe.each(adapters.filter(({ language }) => COMMANDS[language]))('the register in $language', (adapter) => {
  const missing = lacking(adapter)
  if (missing) {
    test.skip(`${adapter.language}: ${missing}`)
    return
  }
  const file = join(ADAPTERS, adapter.file)

  test('does what its model does in 100,000 runs', () => {
    const found = conform(emptyFolder(), [MODEL, '--against', file, '--runs', '100000'])
    expect(found).toMatchObject({ code: 0, runs: 100_000 })
    expect(found.claims[0]).toMatchObject({ claim: 'conforms', verdict: 'not-found' })
    expect(found.stderr).toMatch(/\d+ calls for \d+ questions of the search, \d+ of them put to a second process/)
  })

  test('with one changed quorum is caught, in the step where fewer votes are enough, and again from the trace', () => {
    const folder = emptyFolder()
    writeFileSync(
      join(folder, 'changed.ts'),
      `import { external } from ${JSON.stringify(SOURCES)}
import { common, listens } from ${JSON.stringify(join(ADAPTERS, 'register.ts'))}
export { claims } from ${JSON.stringify(join(ADAPTERS, 'register.ts'))}
export const protocol = external({
  ...common, ...listens, about: 'One vote less.',
  rules: ({ n, f }) => ({ quorum: Math.ceil((n + f + 1) / 2) - 1 }),
  command: ${JSON.stringify(COMMANDS[adapter.language])}, cwd: ${JSON.stringify(join(file, '..'))},
})`,
    )
    const { code, claims } = conform(folder, [MODEL, '--against', './changed.ts'])
    expect(code).toBe(1)
    const [{ verdict, steps, rawSteps, shortest, witness, trace }] = claims
    expect({ verdict, steps, shortest }).toEqual({ verdict: 'violated', steps: 2, shortest: 'certified' })
    expect(rawSteps).toBeGreaterThanOrEqual(steps)
    expect(witness).toMatch(/rule ACCEPT: the model asks for need 3 × ACCEPT .*, the program for need 2 × ACCEPT/)
    const again = turncoat(folder, ['replay', trace, '--subject', `${MODEL} against ./changed.ts`])
    expect(again).toMatchObject({ code: 0 })
  })
})

const KEEPING = join(import.meta.dirname, '../external')

/** A model that keeps its votes, and the program that keeps its state: by what it tells of it. */
function voting(folder: string, way: string, quorum: number): readonly string[] {
  const common = `
  name: 'voting', about: 'Votes.',
  defaults: () => ({ f: 0, b: 0, values: ['a', 'b'], inputs: { 0: ['a'], 1: ['b'] }, bounds: { repeats: 1 } }),`
  writeFileSync(
    join(folder, 'model.ts'),
    `import { defineProtocol } from ${JSON.stringify(SOURCES)}
function count(state, value, from, ctx) {
  const known = state.votes.find(([name]) => name === value)
  if (!known) state.votes.push([value, [from]])
  else if (!known[1].includes(from)) known[1].push(from)
  state.votes.sort()
  for (const [, voters] of state.votes) voters.sort()
  const enough = state.votes.find(([, voters]) => voters.length >= ctx.rules.quorum)
  if (state.decided !== null || !enough) return
  state.decided = enough[0]
  ctx.output({ decided: enough[0] })
}
function vote(state, value, ctx) {
  state.voted = value
  ctx.broadcast({ type: 'VOTE', value })
  count(state, value, ctx.self, ctx)
}
export const protocol = defineProtocol({${common}
  rules: () => ({ quorum: 3 }), inbox: false,
  init: () => ({ voted: null, votes: [], decided: null }),
  input(state, value, ctx) { if (state.voted === null) vote(state, value, ctx) },
  upon: { VOTE(state, { value }, ctx) {
    count(state, value, ctx.from, ctx)
    if (state.voted === null) vote(state, value, ctx)
  } },
})
export const claims = []
`,
  )
  const told = way === 'digest' ? 'JSON.parse(state.digest)' : 'state.snapshot'
  writeFileSync(
    join(folder, 'program.ts'),
    `import { external } from ${JSON.stringify(SOURCES)}
export const protocol = external({${common}
  rules: () => ({ quorum: ${quorum} }), stateful: true, messages: ['VOTE'], input: true,
  command: [process.execPath, 'keeping.mjs', ${JSON.stringify(way)}], cwd: ${JSON.stringify(KEEPING)},
})
export const claims = []
export const mapping = { state: (state) => ${
      way === 'not at all'
        ? 'undefined'
        : `{ const { voted, votes, decided } = ${told}; return { voted, votes, decided } }`
    } }
`,
  )
  return ['./model.ts', '--against', './program.ts', '--byzantine', 'none', '--runs', '300']
}

test.each([
  'digest',
  'snapshots',
  'not at all',
])('a program that keeps its state is held against a model (%s)', (way) => {
  const folder = emptyFolder()
  const found = conform(folder, voting(folder, way, 3))
  expect(found.claims[0], found.stderr).toMatchObject({ claim: 'conforms', verdict: 'not-found' })
  const other = conform(folder, voting(folder, way, 2))
  expect(other.claims[0]).toMatchObject({ claim: 'conforms', verdict: 'violated' })
  expect(other.claims[0].witness).toMatch(/rule VOTE: the model outputs nothing, the program {"decided":/)
})
