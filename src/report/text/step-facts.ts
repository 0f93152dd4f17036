import {
  canonical,
  grouped,
  type Id,
  nameOf,
  type Program,
  type SentMessage,
  same,
  type Tallies,
  votersOf,
} from '../../model/index.ts'
import {
  type Acting,
  apply,
  correctWords,
  evidenceAt,
  isActing,
  type ProvedMessage,
  type Round,
  type Step,
  type System,
  sameWord,
} from '../../system/index.ts'
import { diff } from '../../view/diff.ts'
import { Recorder } from '../../view/recorder.ts'
import { changeText } from './change-text.ts'
import { messageText, valueText } from './value.ts'

/** One step in words: who did what on whose word, and what came of it. */
export interface StepFacts {
  readonly number: number
  /** `r2 gets COMMIT(…) from r0`. */
  readonly what: string
  /** Does the step use a word of the coalition? */
  readonly byzantineMessage: boolean
  /** The rule that fired, where the step is a firing. */
  readonly rule?: string
  readonly evidence: readonly string[]
  /** What arrived in a round, by sender. */
  readonly hears?: readonly string[]
  /** How its local state changed. */
  readonly knows: readonly string[]
  readonly says: readonly string[]
  /** What it put out for good. */
  readonly decides: readonly string[]
  readonly notes: readonly string[]
}

interface Origin {
  readonly text: string
  readonly byzantineMessage: boolean
}

/** Who really said a word: a correct participant, a Byzantine one, or the coalition under somebody's name. */
function origin(program: Program, system: System, at: Id, word: SentMessage): Origin {
  const { n, byzantine } = program.setting
  const name = nameOf(word.from, n)
  if (byzantine.includes(word.from)) return { text: `${name} (Byzantine)`, byzantineMessage: true }
  if (evidenceAt(program, system, at).some((said) => sameWord(said, word)))
    return { text: name, byzantineMessage: false }
  return { text: `${name} (forged)`, byzantineMessage: true }
}

/** What a step rests on. A sender alone has said the same as the trigger, or what is named. */
function evidenceTexts(program: Program, before: System, step: Acting): Origin[] {
  const { with: evidence = [] } = step
  const matched = evidence.some((item) => typeof item === 'number') ? matchedIn(program, before, step) : []
  const texts = evidence.map((item): Origin & { said?: string } => {
    if (typeof item !== 'number') return evidenceText(program, before, step.at, item)
    const name = nameOf(item, program.setting.n)
    const [word, ...others] = matched.filter(({ from }) => from === item)
    const isOther = word && others.length === 0 && !('on' in step && same(word.message, step.on.message))
    return { text: name, byzantineMessage: false, ...(isOther ? { said: messageText(word.message) } : {}) }
  })
  // The same of several senders is written once.
  return [...grouped(texts, (one) => one.said ?? one).values()].map(([first, ...rest]) => {
    const names = [first!, ...rest].map(({ text }) => text).join(', ')
    return { ...first!, text: first!.said === undefined ? names : `${first!.said} of ${names}` }
  })
}

/** The words that its questions matched, each once. */
function matchedIn(program: Program, before: System, step: Acting): SentMessage[] {
  const recorder = new Recorder(program)
  apply(recorder.program, before, step)
  const all = recorder.calls().flatMap(({ answers }) => answers.flatMap(({ matched }) => matched))
  return all.filter((word, i) => all.findIndex((other) => sameWord(other, word)) === i)
}

function evidenceText(program: Program, system: System, at: Id, evidence: ProvedMessage): Origin {
  const { text, byzantineMessage } = origin(program, system, at, evidence)
  return { text: `${messageText(evidence.message)} of ${text}`, byzantineMessage }
}

function whatHappens(program: Program, before: System, step: Step): Origin {
  const name = nameOf(step.at, program.setting.n)
  const heard = (verb: string, word: ProvedMessage | SentMessage): Origin => {
    const { text, byzantineMessage } = origin(program, before, step.at, word)
    return { text: `${name} ${verb} ${messageText(word.message)} from ${text}`, byzantineMessage }
  }
  if ('on' in step) return heard(step.on.from === step.at ? 'acts on its own' : 'gets', step.on)
  if ('lose' in step) return heard('never gets', step.lose)
  if ('round' in step)
    return { text: `${name} does round ${step.round}`, byzantineMessage: (step.with ?? []).length > 0 }
  const alone = (text: string): Origin => ({ text: `${name} ${text}`, byzantineMessage: false })
  if ('timeout' in step) return alone(`runs out of time: ${step.timeout}`)
  if ('input' in step) return alone(`is given the input ${valueText(step.input)}`)
  if ('flip' in step) return alone(`tosses the coin ${step.flip}: ${step.value}`)
  return alone('restart' in step ? 'restarts with its durable state' : 'crashes')
}

/** What arrived in a round, by sender. */
function heardIn(program: Program, before: System, step: Round): string[] {
  const { n, byzantine } = program.setting
  const words = [...correctWords(program, before, step), ...(step.with ?? [])].filter(({ from }) => from !== step.at)
  const text = ({ from, message }: SentMessage): string => {
    const byzantineMessage = byzantine.includes(from) ? ' (Byzantine)' : ''
    return `${messageText(message)} from ${nameOf(from, n)}${byzantineMessage}`
  }
  return [...words].sort((a, b) => a.from - b.from).map(text)
}

/** What was sent in a step: new words, and words said once more where each copy is delivered once. */
function sentIn(program: Program, before: System, after: System, at: Id): string[] {
  const { n } = program.setting
  const old = new Set(before.soup)
  const fresh = after.soup.filter((word) => !old.has(word))
  const said = fresh.map(({ message, to }) => `${messageText(message)} to ${to === 'all' ? 'all' : nameOf(to, n)}`)
  const again = after.pending.filter((word) => {
    if (word.from !== at || fresh.some(({ message }) => same(message, word.message))) return false
    const is = (other: SentMessage & { to: Id }) =>
      other.from === at && other.to === word.to && same(other.message, word.message)
    return word.count > (before.pending.find(is)?.count ?? 0)
  })
  return [...said, ...new Set(again.map(({ message }) => `${messageText(message)} again`))]
}

/** The votes that are new, by key: `prepares: r1 and r2 for {seq 1, digest a}`. */
function votes({ setting }: Program, old: Tallies | undefined, now: Tallies = {}): string[] {
  return Object.entries(now).flatMap(([tally, entries]) =>
    entries.flatMap(({ key, voters }) => {
      const known = votersOf(old, tally, canonical(key))
      const fresh = voters.filter((id) => !known.includes(id)).map((id) => nameOf(id, setting.n))
      return fresh.length > 0 ? [`${tally}: ${fresh.join(' and ')} for ${valueText(key)}`] : []
    }),
  )
}

function localChanges(program: Program, before: System, after: System, at: Id): string[] {
  const [old, now] = [before.locals[at], after.locals[at]]
  if (!old || !now) return []
  const timers = [
    ...now.timers.filter((name) => !old.timers.includes(name)).map((name) => `timer ${name} starts`),
    ...old.timers.filter((name) => !now.timers.includes(name)).map((name) => `timer ${name} stops`),
  ]
  const threw = now.threw !== undefined && old.threw === undefined ? [`stops for ever: threw ${now.threw}`] : []
  return [
    ...diff(old.state, now.state).map(changeText),
    ...votes(program, old.tallies, now.tallies),
    ...timers,
    ...threw,
  ]
}

/** One step, given the states before and after it. */
export function stepFacts(program: Program, number: number, step: Step, before: System, after: System): StepFacts {
  const { at } = step
  const { text, byzantineMessage } = whatHappens(program, before, step)
  const evidence = isActing(step) ? evidenceTexts(program, before, step) : []
  const fresh = (of: 'outputs' | 'notes'): string[] =>
    after[of][at]!.slice(before[of][at]!.length).map((output) => valueText(output))
  return {
    number,
    what: text,
    byzantineMessage: byzantineMessage || evidence.some((item) => item.byzantineMessage),
    ...('rule' in step && step.rule !== step.on.message.type ? { rule: step.rule } : {}),
    evidence: evidence.map((item) => item.text),
    ...('round' in step ? { hears: heardIn(program, before, step) } : {}),
    knows: localChanges(program, before, after, at),
    says: sentIn(program, before, after, at),
    decides: fresh('outputs'),
    notes: fresh('notes'),
  }
}
