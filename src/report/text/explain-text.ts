import type { ByzantineMessage, Decision, Explanation, Intersection, Other } from '../../explain/explanation.ts'
import { byzantineCount, canonical, grouped, type Id, nameOf } from '../../model/index.ts'
import type { RunView, SentEnvelope } from '../../view/run.ts'
import { askedText } from './asked-text.ts'
import { decisionText, headline, titleOf } from './captions.ts'
import { counted, listed } from './numbers.ts'
import { type Paint, plain } from './paint.ts'
import { wrapped } from './table.ts'
import { messageText, valueText } from './value.ts'
import { visible } from './visible.ts'

/** Of a long healed run the first and the last steps are told. */
const MOST_TOLD = 12

/** The sentences of an explanation, by chapter. A chapter that has nothing to say is left out. */
export interface Chapter {
  readonly title: string
  readonly sentences: readonly string[]
}

/** Why a run breaks its claim, in sentences. */
export function chapters(run: RunView, found: Explanation): Chapter[] {
  const all = [
    { title: 'What happened', sentences: whatHappened(run, found) },
    { title: 'Why they decided', sentences: found.decisions.map((one) => decisionSentence(run, one)) },
    {
      title: 'Quorum intersection',
      sentences: found.intersections.map((one) => intersectionSentence(run, found, one)),
    },
    { title: 'What Byzantine replicas sent', sentences: byzantineSentences(run, found) },
    { title: 'What correct replicas were locked on', sentences: lockSentences(run, found) },
    { title: 'The healed run', sentences: healedSentences(run, found) },
    { title: 'What is necessary', sentences: necessitySentences(run, found) },
    { title: otherTitle(found), sentences: otherSentences(run, found) },
    { title: 'Forensics', sentences: forensicSentences(run, found) },
  ]
  return all.filter(({ sentences }) => sentences.length > 0)
}

/** The lines that `explain FILE` prints. */
export function explainText(run: RunView, found: Explanation, paint: Paint = plain): string[] {
  return [
    paint.bold(visible(titleOf(run, `${run.subject} breaks ${run.claim}`))),
    ...chapters(run, found).flatMap(({ title, sentences }) => [
      '',
      paint.bold(title),
      ...sentences.flatMap((sentence) => wrapped(sentence).map((line, i) => (i === 0 ? `  ${line}` : `    ${line}`))),
    ]),
  ]
}

const name = (run: RunView, id: Id): string => nameOf(id, run.setting.n)
const named = (run: RunView, ids: readonly Id[]): string => listed(ids.map((id) => name(run, id)))
const setOf = (run: RunView, ids: readonly Id[]): string => `{${ids.map((id) => name(run, id)).join(', ')}}`

/** Who it is, and what kind of participant: `r0 (Byzantine)`. */
function known(run: RunView, id: Id, isFalse: boolean): string {
  if (run.setting.byzantine.includes(id)) return `${name(run, id)} (Byzantine)`
  return isFalse ? `${name(run, id)} (forged)` : name(run, id)
}

function whatHappened(run: RunView, { witness, isPromised }: Explanation): string[] {
  const { n, f, byzantine, crash, restart = [] } = run.setting
  const who =
    byzantine.length > 0
      ? `${named(run, byzantine)} ${byzantine.length > 1 ? 'are' : 'is'} Byzantine`
      : 'nobody is Byzantine'
  const may = [
    ...(crash.length > 0 ? [`, ${named(run, crash)} may crash`] : []),
    ...(restart.length > 0 ? [`, ${named(run, restart)} may restart`] : []),
  ].join('')
  const claim = run.claims.find((one) => one.name === run.claim)
  const beyond = isPromised
    ? `It is promised here (${claim?.promised}).`
    : `It is promised only where ${claim?.promised}; here n = ${n}, b = ${byzantineCount(run.setting)}, f = ${f}.`
  const healed = claim?.kind === 'liveness' ? 'In the healed run from the last step, ' : ''
  return [
    `${healed}${visible(witness)}.`,
    `Of n = ${n} replicas (f = ${f}) ${who}${may}.`,
    `${run.claim} says: ${claim?.about ?? ''} ${beyond}`,
  ]
}

function decisionSentence(run: RunView, { at, output, isNote, step, rule, quorum, heard }: Decision): string {
  const what = `${name(run, at)} ${isNote ? 'notes' : 'outputs'} ${valueText(output)} at step ${step}`
  if (!quorum) {
    const envelopes = heard.map((id) => run.envelopes[id]!)
    const from = envelopes.map(
      (envelope) => `${messageText(envelope.message)} from ${known(run, envelope.from, envelope.origin !== 'correct')}`,
    )
    return from.length > 0
      ? `${what}: ${rule} uses ${listed(from)}.`
      : `${what}: ${rule === 'input' ? 'only its input is used' : `${rule} uses no message of others`}.`
  }
  const contents = [...new Set(quorum.envelopes.map((id) => messageText(run.envelopes[id]!.message)))]
  const of = contents.length === 1 ? ` of ${contents[0]}` : contents.length > 1 ? ` of ${listed(contents, 'or')}` : ''
  const has = listed(quorum.senders.map((id) => known(run, id, quorum.false.includes(id))))
  if (quorum.tally !== undefined) {
    return `${what}: ${rule} finds ${counted(quorum.senders.length, 'vote')}${of} in its tally "${visible(quorum.tally)}", those of ${has}.`
  }
  return `${what}: ${rule} needs ${askedText(run, quorum)}${of}, and has ${has}.`
}

function intersectionSentence(
  run: RunView,
  { decisions }: Explanation,
  { decisions: [i, j], common, correct, guaranteed }: Intersection,
): string {
  const [one, other] = [decisions[i]!.quorum!, decisions[j]!.quorum!]
  const both = `${setOf(run, one.senders)} of ${name(run, decisions[i]!.at)} and ${setOf(run, other.senders)} of ${name(run, decisions[j]!.at)}`
  const { n } = run.setting
  const b = byzantineCount(run.setting)
  const sizes = `Quorums of ${one.senders.length} and ${other.senders.length} among ${n} share at least ${counted(guaranteed, 'replica')}`
  if (correct.length > 0) {
    const said = correct.map(
      (id) =>
        `${name(run, id)} sent ${listed([...new Set([...saidBy(run, one.envelopes, id), ...saidBy(run, other.envelopes, id)])])}`,
    )
    return `${both} share ${named(run, correct)}, which ${correct.length > 1 ? 'follow' : 'follows'} the protocol: ${said.join('; ')}.`
  }
  const share =
    common.length > 0
      ? `${both} share only ${listed(common.map((id) => known(run, id, true)))}, and no correct replica.`
      : `${both} share nobody.`
  return guaranteed > b ? share : `${share} ${sizes}; more than b = ${b} would include a correct one.`
}

function saidBy(run: RunView, envelopes: readonly number[], id: Id): string[] {
  return envelopes
    .filter((envelope) => run.envelopes[envelope]!.from === id)
    .map((envelope) => messageText(run.envelopes[envelope]!.message))
}

/** The same words to several receivers are one sentence. */
function byzantineSentences(run: RunView, { byzantineMessages, silent, equivocations }: Explanation): string[] {
  const sent = ({ envelope }: ByzantineMessage): SentEnvelope => run.envelopes[envelope]!
  const groups = grouped(byzantineMessages, (one) => `${sent(one).from} ${messageText(sent(one).message)}`)
  const told = [...groups.values()].map((all) => {
    const envelope = sent(all[0]!)
    const who =
      envelope.origin === 'forged'
        ? `A Byzantine replica sends, as ${name(run, envelope.from)},`
        : `${name(run, envelope.from)} sends`
    const to = [...new Set(all.map((one) => name(run, sent(one).to as Id)))]
    const steps = [...new Set(all.flatMap((byzantineMessage) => byzantineMessage.steps))].sort((a, b) => a - b)
    const rests =
      envelope.restsOn.length > 0
        ? `, which rests on ${listed(envelope.restsOn.map((id) => `${messageText(run.envelopes[id]!.message)} of ${name(run, run.envelopes[id]!.from)}`))}`
        : ''
    return `${who} ${messageText(envelope.message)} to ${listed(to)} (${steps.length > 1 ? 'steps' : 'step'} ${listed(steps.map(String))})${rests}.`
  })
  const twice = equivocations.map(({ by, envelopes: [one, other] }) => {
    const [a, b] = [run.envelopes[one]!, run.envelopes[other]!]
    return `${name(run, by)} equivocates: ${messageText(a.message)} to ${name(run, a.to as Id)}, ${messageText(b.message)} to ${name(run, b.to as Id)}.`
  })
  const quiet = silent.length > 0 ? [`No correct replica uses any message of ${named(run, silent)}.`] : []
  return [...told, ...twice, ...quiet]
}

function lockSentences(run: RunView, { locks }: Explanation): string[] {
  const isFree = ({ held, said }: (typeof locks)[number]): boolean => held.length + said.length === 0
  const free = locks.filter(isFree)
  const told = locks
    .filter((one) => !isFree(one))
    .map(({ at, held, said }) => {
      const sent = [...new Set(said.map((id) => messageText(run.envelopes[id]!.message)))]
      return `${name(run, at)} ${listed([...held.map(visible), ...(sent.length > 0 ? [`has sent ${listed(sent)}`] : [])])}.`
    })
  const [first] = free
  if (!first) return told
  const who = named(
    run,
    free.map(({ at }) => at),
  )
  const [has, is] = free.length > 1 ? ['have', 'are'] : ['has', 'is']
  // Without its votes nothing is known of what a replica is bound to.
  return [
    ...told,
    `${who} ${first.votes.length > 0 ? `${has} sent no ${listed(first.votes.map(visible), 'or')}` : `${is} locked on nothing`}.`,
  ]
}

function healedSentences(run: RunView, { waiting, witness }: Explanation): string[] {
  const isHealed = run.claims.find((one) => one.name === run.claim)?.kind === 'liveness'
  if (!isHealed) return []
  const tell = (i: number): string => {
    const event = run.healed[i]!
    const done = decisionText(event)
    return `${name(run, event.at)}: ${headline(run, event)}${done === '' ? '' : `; ${done}`}.`
  }
  const { length } = run.healed
  const half = Math.floor(MOST_TOLD / 2)
  const told =
    length <= MOST_TOLD
      ? run.healed.map((_, i) => tell(i))
      : [
          ...Array.from({ length: half }, (_, i) => tell(i)),
          `(${length - 2 * half} more)`,
          ...Array.from({ length: half }, (_, i) => tell(length - half + i)),
        ]
  const first =
    length === 0
      ? 'In the healed run nobody takes a step.'
      : `Every message of a correct replica arrives, and Byzantine replicas are silent. ${counted(length, 'step')} ${length === 1 ? 'follows' : 'follow'}:`
  const stuck = waiting.map(
    ({ at, rule, senders, ...asked }) =>
      `${name(run, at)} waits in ${rule}: it needs ${askedText(run, asked)} and has ${named(run, senders)}.`,
  )
  return [first, ...told, ...stuck, `So ${visible(witness)}.`]
}

function necessitySentences(run: RunView, { needless, byzantineMessages }: Explanation): string[] {
  const { length } = run.events
  if (length === 0) return ['No step at all is needed: the healed run from the beginning breaks the claim.']
  const steps =
    needless.length === 0
      ? `${length === 1 ? 'The only step' : `Each of the ${length} steps`} is necessary: what is left without it does not break ${run.claim}.`
      : `Without step ${listed(needless.map(String), 'or')} the rest breaks ${run.claim} all the same; the other ${length - needless.length} are necessary.`
  const free = byzantineMessages.filter(({ isNecessary }) => !isNecessary)
  if (byzantineMessages.length === 0) return [steps]
  const words = (all: readonly ByzantineMessage[]): string =>
    listed(
      all.map(
        ({ envelope }) =>
          `${messageText(run.envelopes[envelope]!.message)} to ${name(run, run.envelopes[envelope]!.to as Id)}`,
      ),
    )
  return [
    steps,
    free.length === 0
      ? `${byzantineMessages.length === 1 ? 'The only Byzantine message' : `Each of the ${byzantineMessages.length} Byzantine messages`} is necessary.`
      : `Of ${counted(byzantineMessages.length, 'Byzantine message')} ${free.length} ${free.length > 1 ? 'are' : 'is'} not necessary by ${free.length > 1 ? 'themselves' : 'itself'}: ${words(free)}.`,
  ]
}

function otherTitle({ others, subject }: Explanation): string {
  return others.length === 1 && subject.startsWith(`${others[0]!.subject}/`)
    ? `The same schedule on ${others[0]!.subject}`
    : 'The same schedule on variants'
}

function otherSentences(run: RunView, { others }: Explanation): string[] {
  const saved = others.filter(({ isBroken }) => !isBroken)
  const broken = others.filter(({ isBroken }) => isBroken)
  const failed =
    broken.length > 0
      ? [`The schedule breaks ${run.claim} there too: ${listed(broken.map(({ subject }) => subject))}.`]
      : []
  return [...saved.map((one) => otherSentence(run, one)), ...failed]
}

function otherSentence(run: RunView, { subject, refused }: Other): string {
  if (!refused) return `${subject} takes every step, and ${run.claim} holds.`
  return `${subject} does not take step ${refused.step}: ${refusal(run, refused)}. With what is left ${run.claim} holds.`
}

function refusal(run: RunView, { why, asked }: NonNullable<Other['refused']>): string {
  const missing = run.envelopes.find(({ from, message }) => {
    return why.startsWith(`${name(run, from)} has not sent ${canonical(message)} `)
  })
  if (missing) return unsayable(run, missing)
  if (!asked) return visible(why)
  return `its rule needs ${askedText(run, asked)}, and has ${asked.senders.length > 0 ? named(run, asked.senders) : 'none'}`
}

/** A Byzantine message that no proof covers there, or a message that nobody has sent there. */
function unsayable(run: RunView, { from, origin, message }: SentEnvelope): string {
  const what = `${messageText(message)} of ${name(run, from)}`
  return origin === 'correct'
    ? `${what} is not sent in that run`
    : `${what} has no proof there, or is not a message of that variant`
}

const CRIMES = {
  equivocation: 'it sent two different messages where a correct replica sends one',
  amnesia: 'the second denies what the first binds its sender to',
  unjustified: 'no messages that were sent justify it',
}

function forensicSentences(run: RunView, { convictions, evidence, isLawKnown }: Explanation): string[] {
  if (run.setting.byzantine.length === 0) return []
  if (evidence === 'none') return ['Nobody can be convicted: no message proves who sent it.']
  if (evidence === 'channels')
    return ['Nobody can be convicted: messages are not signed, so a receiver can prove nothing to others.']
  const guilty = convictions.map(({ of, crime, envelopes }) => {
    const texts = envelopes.map((id) => messageText(run.envelopes[id]!.message))
    return `${name(run, of)} is convicted by ${listed(texts)}: ${CRIMES[crime]}.`
  })
  if (guilty.length > 0) return guilty
  return [
    isLawKnown
      ? 'Nobody is convicted: what correct replicas hold breaks no law of the protocol that is known.'
      : `Nobody is convicted: no proof is missing, and what else a correct replica of ${run.subject} never sends is not known.`,
  ]
}
