import {
  type AnyMessage,
  type Claim,
  canonical,
  deepFreeze,
  type Program,
  type SentMessage,
  textOf,
} from '../model/index.ts'
import { type Evidence, isActing, isListed, type ProvedMessage, type Step, textOfWord } from '../system/index.ts'
import { coalitionWords, echoedWords } from './coalition.ts'
import { Replayer } from './replayer.ts'

/**
 * Makes the coalition send less: a message becomes one that it sends anyhow, or one with a simpler field. What counts
 * is first how many different messages it needs, then how long they are. Evidence is found afresh on the way: messages
 * of the correct come first, and nothing stays that no rule asks for.
 */
export function simplerMessages(
  program: Program,
  claim: Claim<any>,
  steps: readonly Step[],
  maxReplays: number,
): readonly Step[] {
  const quiet = quieter(program, claim, steps)
  if (quiet !== steps) return simplerMessages(program, claim, quiet, maxReplays)
  const fresh = new Replayer(program, claim, echoedWords(program, steps)).replay(steps, 'afresh')
  let current = fresh.witness && isSimpler(program, fresh.steps, steps) ? fresh.steps : steps
  let left = maxReplays
  for (let again = true; again && left > 0; ) {
    again = false
    for (const [word, other] of replacements(program, current)) {
      if (left-- <= 0) break
      const changed = current.map((step) => replaced(step, word, other))
      const replay = new Replayer(program, claim, echoedWords(program, changed)).replay(changed)
      if (!replay.witness || !isSimpler(program, replay.steps, current)) continue
      current = replay.steps
      again = true
      break
    }
  }
  return current
}

/** In rounds, messages that nothing needs are left out, one after the other from the end. */
function quieter(program: Program, claim: Claim<any>, steps: readonly Step[]): readonly Step[] {
  let current = steps
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i]!
    if (!('round' in step)) continue
    for (const word of step.with ?? []) {
      const less = current.map((one, j) => {
        if (j !== i || !('round' in one)) return one
        const { with: words = [], ...rest } = one
        const left = words.filter((other) => textOfWord(other) !== textOfWord(word))
        return deepFreeze({ ...rest, ...(left.length > 0 ? { with: left } : {}) })
      })
      const replay = new Replayer(program, claim, echoedWords(program, steps)).replay(less)
      if (replay.witness && replay.steps.length === current.length) current = replay.steps
    }
  }
  return current
}

function isSimpler(program: Program, steps: readonly Step[], than: readonly Step[]): boolean {
  if (steps.length !== than.length) return steps.length < than.length
  const said = (of: readonly Step[]): number =>
    of.reduce((sum, step) => sum + ('round' in step ? (step.with?.length ?? 0) : 0), 0)
  if (said(steps) !== said(than)) return said(steps) < said(than)
  const [words, others] = [coalitionWords(program, steps), coalitionWords(program, than)]
  if (words.length !== others.length) return words.length < others.length
  const text = (of: readonly SentMessage[]): string => of.map((word) => canonical([word.message, word.from])).join()
  const [mine, its] = [text(words), text(others)]
  return mine.length === its.length ? mine < its : mine.length < its.length
}

/** Pairs of a message and what might stand in its place, in canonical order. */
function* replacements(program: Program, steps: readonly Step[]): Generator<[SentMessage, SentMessage]> {
  const words = coalitionWords(program, steps)
  for (const word of words) {
    for (const other of words) {
      if (other !== word && other.message.type === word.message.type) yield [word, other]
    }
    const alike = words.filter((other) => other.message.type === word.message.type)
    for (const from of new Set(words.map((other) => other.from))) {
      if (from !== word.from) yield [word, { from, message: word.message }]
    }
    for (const message of simpler(word.message, alike)) {
      // What the alphabet does not list nobody can say; a correct replica that passed it on would seem to be a mistake.
      if (isListed(program, message)) yield [word, { from: word.from, message }]
    }
  }
}

/** The message with one field simpler: as another message of its type has it, zero, or a list with an element less. */
function simpler(message: AnyMessage, alike: readonly SentMessage[]): AnyMessage[] {
  const found = new Map<string, AnyMessage>()
  for (const [field, value] of Object.entries(message)) {
    if (field === 'type') continue
    const options: unknown[] = alike.map((word) => (word.message as unknown as Record<string, unknown>)[field])
    if (typeof value === 'number') options.push(0)
    if (Array.isArray(value)) options.push(...value.map((_, i) => value.filter((_, j) => j !== i)))
    for (const option of options) {
      if (option === undefined) continue
      const changed = deepFreeze({ ...message, [field]: option })
      if (textOf(changed) !== textOf(message)) found.set(textOf(changed), changed)
    }
  }
  return [...found].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)).map(([, changed]) => changed)
}

function replaced(step: Step, word: SentMessage, by: SentMessage): Step {
  const key = textOfWord(word)
  const put = (spoken: ProvedMessage): ProvedMessage => (textOfWord(spoken) === key ? by : spoken)
  if ('round' in step) return step.with ? deepFreeze({ ...step, with: step.with.map(put) }) : step
  const on = 'on' in step ? { on: put(step.on) } : {}
  if (!isActing(step) || !step.with) return deepFreeze({ ...step, ...on })
  const evidence = step.with.map((one): Evidence => (typeof one === 'number' ? one : put(one)))
  return deepFreeze({ ...step, ...on, with: evidence })
}
