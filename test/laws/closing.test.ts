/**
 * Closing random small protocols: words taken for one where a rule does not tell them apart, and questions that are
 * put again only to what is new, change nothing of what is found.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AnyMessage, canonical, type Id, type Program } from '../../src/model/index.ts'
import { coalitionSpeaksAs, type Node, reaches, SharedWords } from '../../src/system/index.ts'
import { bySummary, isSameMatching, matchingIn } from '../../src/tables/closure/answers.ts'
import { type Matching, ownCounts } from '../../src/tables/closure/choices.ts'
import { close } from '../../src/tables/closure/close.ts'
import { type Closed, type Condition, crashed, isCrashed, type Option } from '../../src/tables/closure/closed.ts'
import { LONG } from '../tiers.ts'
import { checkedProgram, describeds, wordsOfCoalition } from './checked-protocols.ts'
import type { Described } from './described.ts'
import { COUNT, SEED, WHOLE_FILE } from './known-protocols.ts'
import { holds } from './lawful.ts'

const limits = { maxLocals: 300, maxChoices: 3_000 }

function closed(one: Described, Shared?: typeof SharedWords<Node> | null): { program: Program; closed: Closed } | null {
  const program = checkedProgram(one)
  if (program.setting.steps !== 'lazy') return null
  const { messages } = wordsOfCoalition(program)
  try {
    return { program, closed: close(program, messages, limits, Shared) }
  } catch {
    return null
  }
}

const textOfMessage = ({ table }: Closed, message: number): string => canonical(table.messages.values[message])

function textOfLocal({ table }: Closed, local: number): string {
  return isCrashed(local)
    ? `crashed ${canonical(table.locals.values[crashed(local)])}`
    : canonical(table.locals.values[local])
}

/** By message, who can have said it where the participant can count it. */
function heardBy(program: Program, found: Closed, at: Id): Map<number, number> {
  const { n, clients } = program.setting
  const heard = new Map<number, number>()
  const hear = (message: number, from: Id): void => void heard.set(message, (heard.get(message) ?? 0) | (1 << from))
  for (const message of found.universe) {
    for (let id = 0; id < n + clients; id++) if (coalitionSpeaksAs(program, id)) hear(message, id)
  }
  for (const [p, { at: from, options }] of found.participants.entries()) {
    for (const envelope of [...found.initial[p]!.says, ...options.flat().flatMap(({ says }) => says)]) {
      const { message, to } = found.envelopes[envelope]!
      if (reaches(program, { from, message: found.table.messages.values[message]!, to }, at)) hear(message, from)
    }
  }
  return heard
}

/** All that was found, as one text, whatever it was found first. */
function textOf(program: Program, found: Closed): string {
  const { participants, table, envelopes } = found
  const textOfCondition = (condition: Condition, heard: ReadonlyMap<number, number>): unknown => {
    const { q } = condition.ask.ask
    const matching = matchingIn(heard, condition.ask, ownCounts(program) ? -1 : 0)
    const matched = matching.map(({ message, senders }) => `${textOfMessage(found, message)} ${senders}`).sort()
    if (condition.kind === 'need') return [q, matched]
    return condition.choices
      .map((choice) => choice.map((message) => textOfMessage(found, message)).sort())
      .map(canonical)
      .sort()
  }
  const lines = participants.flatMap(({ at, locals, options }) => {
    const heard = heardBy(program, found, at)
    const textOfOption = (from: number, option: Option): string => {
      const { event, trigger, conditions, target, says, outputs, notes, threw } = option
      const name = event.kind === 'message' ? event.rule : event
      const word = trigger && textOfMessage(found, trigger.message)
      const said = says.map((envelope) => [textOfMessage(found, envelopes[envelope]!.message), envelopes[envelope]!.to])
      const put = [outputs, notes].map((list) => list.map((output) => table.outputs.values[output]))
      const asked = conditions.map((condition) => textOfCondition(condition, heard))
      return canonical([
        at,
        textOfLocal(found, from),
        name,
        word,
        asked,
        textOfLocal(found, locals[target]!),
        said,
        put,
        threw,
      ])
    }
    return locals.flatMap((local, state) => options[state]!.map((option) => textOfOption(local, option)))
  })
  return canonical([[...new Set(lines)].sort(), found.cut, [...found.fired].sort(), found.states])
}

test('closing with words taken for one finds what closing without it finds', { timeout: WHOLE_FILE }, () => {
  let fewer = 0
  holds({ file: 'test/laws/closing.test.ts', test: 'taken for one', runs: COUNT }, describeds, (one) => {
    const [plain, shared] = [closed(one, null), closed(one)]
    expect(shared === null).toBe(plain === null)
    if (!plain || !shared) return
    expect(textOf(shared.program, shared.closed) === textOf(plain.program, plain.closed)).toBe(true)
    if (shared.closed.table.calls < plain.closed.table.calls) fewer++
  })
  expect(fewer).toBeGreaterThan(COUNT / 10)
})

/** Does not mind who looks late. */
class NeverLate extends SharedWords<Node> {
  override keep(...args: Parameters<SharedWords<Node>['keep']>): boolean {
    const kept = super.keep(...args)
    args[0].late = undefined
    return kept
  }
}

/** Takes the values of a message for one. */
class Careless extends SharedWords<Node> {
  override keep(...args: Parameters<SharedWords<Node>['keep']>): boolean {
    args[0].fields.delete('value')
    return super.keep(...args)
  }
}

test.skipIf(LONG).each(Object.entries({ NeverLate, Careless }))(
  'a version that is unsound is caught: %s',
  { timeout: WHOLE_FILE },
  (_, Shared) => {
    const notices = (one: Described): boolean => {
      const [plain, shared] = [closed(one, null), closed(one, Shared)]
      if (!plain || !shared) return (plain === null) !== (shared === null)
      return textOf(shared.program, shared.closed) !== textOf(plain.program, plain.closed)
    }
    expect(fc.sample(describeds, { seed: SEED, numRuns: 2_000 }).some(notices)).toBe(true)
  },
)

test('the choices of a question are those that its summary makes of all that can be heard', {
  timeout: WHOLE_FILE,
}, () => {
  let takes = 0
  holds({ file: 'test/laws/closing.test.ts', test: 'the choices', runs: COUNT }, describeds, (one) => {
    const found = closed(one)
    if (!found) return
    const { program, closed: all } = found
    for (const { at, options } of all.participants) {
      const heard = heardBy(program, all, at)
      const counting = ownCounts(program) ? -1 : ~(1 << at)
      for (const condition of options.flat().flatMap(({ conditions }) => conditions)) {
        if (condition.kind !== 'take') continue
        takes++
        const whole = bySummary(all.table, condition.ask, matchingIn(heard, condition.ask, counting), limits.maxChoices)
        const texts = (choices: readonly (readonly number[])[]): string =>
          canonical(
            choices
              .map((choice) => [...choice].sort((a, b) => a - b))
              .map(canonical)
              .sort(),
          )
        expect([...whole.values()].map(texts)).toContain(texts(condition.choices))
      }
    }
  })
  expect(takes).toBeGreaterThan(COUNT / 10)
})

/** Messages with the ids that can say them; then the same, and more. */
const growing: fc.Arbitrary<{ before: readonly Matching[]; after: readonly Matching[] }> = fc
  .array(fc.record({ early: fc.nat({ max: 7 }), late: fc.nat({ max: 7 }) }), { maxLength: 5 })
  .map((list) => ({
    before: list.flatMap(({ early }, message) => (early ? [{ message, senders: early }] : [])),
    after: list.flatMap(({ early, late }, message) => (early | late ? [{ message, senders: early | late }] : [])),
  }))

test('what is asked again finds all that is new, and nothing else', () => {
  const messages = Array.from({ length: 5 }, (_, x): AnyMessage & { x: number } => ({ type: 'V', x }))
  const table = { messages: { values: messages } } as never
  fc.assert(
    fc.property(growing, fc.integer({ min: 1, max: 3 }), ({ before, after }, q) => {
      const textOfSummary = (chosen: readonly { x: number }[]): string => String(chosen[0]!.x)
      const ask = { ask: { q }, textOfSummary } as never
      const all = (...found: ReturnType<typeof bySummary>[]): string =>
        canonical(
          found
            .flatMap((one) =>
              [...one].flatMap(([key, list]) => list.map((choice) => canonical([key, [...choice].sort()]))),
            )
            .sort(),
        )
      const first = bySummary(table, ask, before, 1_000)
      const then = bySummary(table, ask, after, 1_000, before)
      expect(all(first, then)).toBe(all(bySummary(table, ask, after, 1_000)))
      if (isSameMatching(before, after)) expect(then.size).toBe(0)
    }),
    { seed: SEED },
  )
})
