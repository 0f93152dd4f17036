import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { filtered, itf, itfValue, laneText, laneWidth, mermaid, shiviz, svg } from '../../src/report/diagrams/index.ts'
import { arrowsOf, pastOf, type RunView } from '../../src/view/index.ts'
import { savedNames, savedRun } from '../saved-traces.ts'
import { inTier } from '../tiers.ts'

/** Some of the traces, of every protocol; the long tier has them all. */
const names = savedNames.filter((_, i) => i % inTier(10, 1) === 0)

const HOSTILE = `"><script>alert(1)</script>&#x3C;\`; end; %%{init}%% --> \u202e`

/** A run in which a stranger has written all texts. */
function hostile(run: RunView): RunView {
  const text = (value: unknown): unknown => {
    if (typeof value === 'string') return HOSTILE
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(text)
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, key === 'type' ? part : text(part)]))
  }
  return {
    ...run,
    title: HOSTILE,
    witness: HOSTILE,
    envelopes: run.envelopes.map((envelope) => ({
      ...envelope,
      message: { ...(text(envelope.message) as object), type: HOSTILE },
    })),
    events: run.events.map((event) => ({
      ...event,
      name: HOSTILE,
      outputs: event.outputs.map((output) => text(output) as never),
      threw: HOSTILE,
    })),
  }
}

/** Lines of a sequence diagram as its documentation has them; everything else would be an error, or something to run. */
const GRAMMAR =
  /^(?:sequenceDiagram|\s+participant [rc]\d+(?: as [rc]\d+ \(may crash\))?|\s+box rgba\(204, 51, 17, 0\.15\) Byzantine|\s+end|\s+[rc]\d+(?:-\)|--\)|-x)[rc]\d+: [^;\n<>&"`%]+|\s+Note over [rc]\d+(?:,[rc]\d+)?: [^\n<>"`%]+)$/

describe('Mermaid', () => {
  test.each(names)('%s has one arrow for each message that arrives', async (name) => {
    const { run } = await savedRun(name)
    const lines = mermaid(run).split('\n')
    expect(lines.filter((line) => !GRAMMAR.test(line.replace(/#\d+;/g, '')))).toEqual([])
    const arrives = arrowsOf(run).filter(({ kind }) => kind !== 'missing')
    expect(lines.filter((line) => /-[)x]/.test(line.split(':')[0]!))).toHaveLength(arrives.length)
    const byzantineMessages = arrives.filter(({ kind }) => kind === 'byzantine' || kind === 'forged')
    expect(lines.filter((line) => line.split(':')[0]!.includes('--)'))).toHaveLength(byzantineMessages.length)
  })

  test('no text of a stranger is more than text', async () => {
    const { run } = await savedRun('pbft-commit-2f')
    const lines = mermaid(hostile(run)).split('\n')
    expect(lines.filter((line) => !GRAMMAR.test(line.replace(/#\d+;/g, '')))).toEqual([])
    expect(GRAMMAR.test('  r0-)r1: a <b>')).toBe(false)
  })
})

describe('SVG', () => {
  test.each(names)('%s stays inside its picture', async (name) => {
    const { run } = await savedRun(name)
    const picture = svg(run)
    const [, width, height] = picture.match(/viewBox="0 0 ([\d.]+) ([\d.]+)"/)!.map(Number)
    const numbers = (attribute: string) =>
      [...picture.matchAll(new RegExp(` ${attribute}="(-?[\\d.]+)"`, 'g'))].map((found) => Number(found[1]))
    for (const attribute of ['x', 'x1', 'x2', 'cx'])
      for (const x of numbers(attribute)) expect(x).toBeLessThanOrEqual(width!)
    for (const attribute of ['y', 'y1', 'y2', 'cy'])
      for (const y of numbers(attribute)) expect(y).toBeLessThanOrEqual(height!)
    expect(Math.min(...numbers('x'), ...numbers('y'))).toBeGreaterThanOrEqual(0)
    expect(picture.match(/class="done" d=/g) ?? []).toHaveLength(
      run.events.filter(({ outputs, threw }) => outputs.length > 0 && threw === undefined).length,
    )
  })

  test('no text of a stranger is markup', async () => {
    const { run } = await savedRun('pbft-commit-2f')
    const picture = svg(hostile(run))
    expect(picture).not.toMatch(/<(?!\/?(?:svg|style|rect|line|text|path|circle)\b)/)
    expect(picture).not.toContain('\u202e')
  })
})

describe('ITF', () => {
  const { ofItf } = createRequire(import.meta.url)('@informalsystems/quint/dist/src/itf.js')

  test.each(names)('%s is read by Quint', async (name) => {
    const { run } = await savedRun(name)
    const trace = itf(run) as { vars: string[]; states: Record<string, unknown>[] }
    const states = ofItf(JSON.parse(JSON.stringify(trace)))
    expect(states).toHaveLength(run.events.length + 1)
    for (const state of states) {
      const fields = state.args
        .filter((_: unknown, i: number) => i % 2 === 0)
        .map(({ value }: { value: string }) => value)
      expect(fields.sort()).toEqual(trace.vars)
    }
    // Quint reads the participant of each step as a whole number.
    const at = states.map(
      (state: { args: { value?: unknown }[] }) =>
        state.args[state.args.findIndex(({ value }) => value === 'at') + 1]!.value,
    )
    expect(at).toEqual([-1n, ...run.events.map((event) => BigInt(event.at))])
  })

  test('what ITF has no word for is written as something that it has', () => {
    expect(itfValue({ a: null, b: [1, true, 'x'] })).toEqual({
      a: { tag: 'None', value: { '#tup': [] } },
      b: [{ '#bigint': '1' }, true, 'x'],
    })
    expect(itfValue({ tag: 'a', value: 1 })).toEqual({
      '#map': [
        ['tag', 'a'],
        ['value', { '#bigint': '1' }],
      ],
    })
    expect(() => ofItf({ vars: [], states: [{ a: null }] })).toThrow()
  })
})

/** What the default expression of ShiViz makes of a log: `(?<event>.*)\n(?<host>\S*) (?<clock>{.*})`. */
function readLog(log: string): { event: string; host: string; clock: Record<string, number> }[] {
  const entries = [...log.matchAll(/(?<event>.*)\n(?<host>\S*) (?<clock>\{.*\})\n/g)]
  expect(entries.map(([whole]) => whole).join('')).toBe(log)
  return entries.map(({ groups }) => ({
    event: groups!['event']!,
    host: groups!['host']!,
    clock: JSON.parse(groups!['clock']!),
  }))
}

/**
 * The steps that each step follows: its causes, and what a Byzantine replica knew when it sent what the step uses. Its
 * messages are events of one host, so a later one follows all that the earlier ones rest on.
 */
function pasts(run: RunView): ReadonlyMap<number, ReadonlySet<number>> {
  const past = new Map<number, Set<number>>()
  const knownBy = new Map<string, Set<number>>()
  const sent = new Map<number, ReadonlySet<number>>()
  const upTo = (step: number): number[] => [step, ...(past.get(step) ?? [])]
  for (const { number, causes, receives } of run.events) {
    const mine = new Set(causes.flatMap(upTo))
    for (const id of receives) {
      const { origin, from, restsOn } = run.envelopes[id]!
      if (origin === 'correct') continue
      if (!sent.has(id)) {
        const host = String(origin === 'forged' ? run.setting.byzantine[0] : from)
        const known = new Set(knownBy.get(host))
        for (const one of restsOn.map((rest) => run.envelopes[rest]!)) {
          const behind = one.sent === null ? (sent.get(one.id) ?? []) : upTo(one.sent)
          for (const step of behind) known.add(step)
        }
        knownBy.set(host, known)
        sent.set(id, known)
      }
      for (const step of sent.get(id)!) mine.add(step)
    }
    past.set(number, mine)
  }
  return past
}

/** Everything that its clocks say against the causes of the run. */
function wrongClocks(run: RunView, log: string): string[] {
  const entries = readLog(log)
  const seen = new Map<string, number>()
  const own = entries.flatMap(({ host, clock }) => {
    const before = seen.get(host) ?? 0
    seen.set(host, clock[host]!)
    return clock[host] === before + 1 ? [] : [`${host} jumps to ${clock[host]}`]
  })
  const steps = entries.filter(({ event }) => !event.startsWith('sends '))
  const precedes = (one: Record<string, number>, other: Record<string, number>): boolean =>
    Object.entries(one).every(([host, time]) => time <= (other[host] ?? 0))
  const all = pasts(run)
  const order = run.events.flatMap(({ number }) => {
    const past = all.get(number)!
    // No cause is ever left out.
    for (const cause of pastOf(run, number)) if (cause < number) expect(past).toContain(cause)
    return run.events
      .filter(
        (other) =>
          other.number < number &&
          precedes(steps[other.number - 1]!.clock, steps[number - 1]!.clock) !== past.has(other.number),
      )
      .map((other) => `${other.number} and ${number}`)
  })
  return [...own, ...order]
}

describe('ShiViz', () => {
  test.each(names)('%s has clocks that say what follows from what', async (name) => {
    const { run } = await savedRun(name)
    expect(wrongClocks(run, shiviz(run))).toEqual([])
  })

  test('a clock that knows too much is found', async () => {
    const { run } = await savedRun('pbft-commit-2f')
    expect(wrongClocks(run, shiviz(run).replace('r1 {"r1":1}', 'r1 {"r1":1,"r3":2,"r2":1,"r0":3}'))).not.toEqual([])
  })
})

describe('what is left out', () => {
  test('participants and types of messages', async () => {
    const { run } = await savedRun('pbft-commit-2f')
    const two = filtered(run, { only: ['r0', 'r1'] })
    expect(two.lanes.map(({ name }) => name)).toEqual(['r0', 'r1'])
    expect(two.events.map(({ number }) => number)).toEqual([5, 7, 8, 11, 12])
    expect(mermaid(two)).not.toMatch(/r[23][-,:]/)
    const quiet = filtered(run, { hide: ['COMMIT'] })
    // Decisions stay, though a COMMIT triggers them.
    expect(quiet.events.map(({ number }) => number)).toEqual(run.events.map(({ number }) => number))
    expect(mermaid(quiet)).not.toContain('COMMIT(')
    expect(filtered(run, { hide: ['PREPARE'] }).events.map(({ number }) => number)).not.toContain(3)
  })

  test('what the run does not have is refused', async () => {
    const { run } = await savedRun('pbft-commit-2f')
    expect(() => filtered(run, { only: ['r9'] })).toThrow('there is no participant r9 in this run')
    expect(() => filtered(run, { hide: ['COMIT'] })).toThrow('no message of type COMIT is in this run')
  })
})

test('lanes in a terminal', async () => {
  const { run } = await savedRun('pbft-commit-2f')
  expect(laneText(run, 120)).toMatchInlineSnapshot(`
    [
      "     r0!   r1    r2    r3",
      " 1 !  !╌╌╌╌╌┼╌╌╌╌▶●     │    PRE_PREPARE(v0, s1, b) from r0!",
      "      ┊     │     │     │    sends PREPARE(v0, s1, b)",
      " 2 !  !╌╌╌╌╌┼╌╌╌╌╌┼╌╌╌╌▶●    PRE_PREPARE(v0, s1, b) from r0!",
      "      ┊     │     │     │    sends PREPARE(v0, s1, b)",
      " 3    ┊     │     ○────▶●    PREPARE(v0, s1, b) from r2",
      "      ┊     │     │     │    sends COMMIT(v0, s1, b)",
      " 4 !  !╌╌╌╌╌┼╌╌╌╌╌┼╌╌╌╌▶◆    COMMIT(v0, s1, b) from r0!",
      "      ┊     │     │     │    sends CHECKPOINT(s1, b)",
      "      ┊     │     │     │    outputs slot 1, digest b; executed b",
      " 5    ┊     ◷     │     │    timeout view",
      "      ┊     │     │     │    sends VIEW_CHANGE(v1, [], -, stable 0)",
      " 6    ┊     │     ◷     │    timeout view",
      "      ┊     │     │     │    sends VIEW_CHANGE(v1, [], -, stable 0)",
      " 7 !  !╌╌╌╌▶●◀────○     │    VIEW_CHANGE(v1, [], -, stable 0) from r2, r0!",
      "      ┊     │     │     │    sends NEW_VIEW(v1, -, [], stable 0)",
      " 8    ┊     ▼     │     │    input a",
      "      ┊     │     │     │    sends PRE_PREPARE(v1, s1, a)",
      " 9    ┊     ○────▶●     │    NEW_VIEW(v1, -, [], stable 0) from r1",
      "10    ┊     ○────▶●     │    PRE_PREPARE(v1, s1, a) from r1",
      "      ┊     │     │     │    sends PREPARE(v1, s1, a)",
      "11 !  !╌╌╌╌▶●◀────○     │    PREPARE(v1, s1, a) from r0!, r2",
      "      ┊     │     │     │    sends COMMIT(v1, s1, a)",
      "12 !  !╌╌╌╌▶◆     │     │    COMMIT(v1, s1, a) from r0!",
      "      ┊     │     │     │    sends CHECKPOINT(s1, a)",
      "      ┊     │     │     │    outputs slot 1, digest a; executed a",
    ]
  `)
  expect(laneWidth(run)).toBe(85)
  for (const line of laneText(hostile(run), 120)) expect(line).not.toMatch(/\p{Cc}|\u202e/u)
})

test('the package has what these formats are read with in a browser', () => {
  // Captions are part of the page: they must not bring the model, immer and node:crypto with them.
  for (const file of ['src/report/text/captions.ts', 'src/report/diagrams/mermaid.ts']) {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
    expect(text).not.toMatch(/^import (?!type).*model\/index/m)
  }
})
