import type { ComponentChildren } from 'preact'
import { askedText } from '../report/text/asked-text.ts'
import { headline, senderText } from '../report/text/captions.ts'
import { changeText } from '../report/text/change-text.ts'
import { messageText, valueText } from '../report/text/value.ts'
import { visible } from '../report/text/visible.ts'
import { truthsAt } from '../view/causality.ts'
import type { RunEvent, RunView, SentEnvelope } from '../view/run.ts'

/** The name of a participant. */
const nameOf = (run: RunView, id: number): string => run.lanes.find((lane) => lane.id === id)?.name ?? `p${id}`

interface Props {
  readonly run: RunView
  readonly event: RunEvent | undefined
  readonly past: ReadonlySet<number>
  readonly select: (number: number) => void
}

/** Everything about one step. */
export function Details({ run, event, past, select }: Props) {
  if (!event) return <Start run={run} />
  const name = nameOf(run, event.at)
  return (
    <div>
      <h2>
        Step {event.number}: {name}
      </h2>
      <p class={event.byzantineMessage ? 'lie' : ''}>{headline(run, event)}</p>
      <Part title="Outputs" items={event.outputs.map((output) => valueText(output))} class="decides" />
      {event.threw !== undefined && <Part title="Throws" items={[visible(event.threw)]} class="throws" />}
      <Part title={`What changes at ${name}`} items={changesOf(run, event)} />
      <Envelopes run={run} title="Receives" ids={event.receives} />
      <Quorums run={run} event={event} />
      <Envelopes run={run} title="Sends" ids={event.sends} />
      <Part title="Notes" items={event.notes.map((note) => valueText(note))} />
      <State run={run} event={event} />
      <Truths run={run} number={event.number} />
      <Section title="Causal past">
        <p class="steps">
          {[...past].map((number) => (
            <button
              type="button"
              key={number}
              onClick={() => select(number)}
              class={number === event.number ? 'current' : ''}
            >
              {number}
            </button>
          ))}
        </p>
      </Section>
      {event.digest !== '' && <p class="soft">state {event.digest}</p>}
    </div>
  )
}

function Start({ run }: { readonly run: RunView }) {
  return (
    <div>
      <h2>Before the first step</h2>
      <p>{visible(run.about)}</p>
      <p class="soft">Click a step, or press j and k. Press ? for all keys.</p>
      <Truths run={run} number={0} />
    </div>
  )
}

function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  )
}

function Part({
  title,
  items,
  class: kind = '',
}: {
  readonly title: string
  readonly items: readonly string[]
  readonly class?: string
}) {
  if (items.length === 0) return null
  return (
    <Section title={title}>
      <ul class={kind}>
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </Section>
  )
}

function changesOf(run: RunView, event: RunEvent): string[] {
  const votes = event.votes.map(
    ({ tally, key, voters }) => `${tally}: ${voters.map((id) => nameOf(run, id)).join(' and ')} for ${valueText(key)}`,
  )
  const timers = [
    ...event.timers.started.map((timer) => `timer ${timer} starts`),
    ...event.timers.stopped.map((timer) => `timer ${timer} stops`),
  ]
  return [...event.changes.map(changeText), ...votes, ...timers]
}

function envelopeText(run: RunView, envelope: SentEnvelope): string {
  const to = envelope.to === 'all' ? 'all' : nameOf(run, envelope.to)
  const rests = envelope.restsOn.map(
    (id) => `${messageText(run.envelopes[id]!.message)} of ${senderText(run, run.envelopes[id]!)}`,
  )
  return `${messageText(envelope.message)}, ${senderText(run, envelope)} to ${to}${rests.length > 0 ? `; rests on ${rests.join(', ')}` : ''}`
}

function Envelopes({
  run,
  title,
  ids,
}: {
  readonly run: RunView
  readonly title: string
  readonly ids: readonly number[]
}) {
  return <Part title={title} items={ids.map((id) => envelopeText(run, run.envelopes[id]!))} />
}

function Quorums({ run, event }: { readonly run: RunView; readonly event: RunEvent }) {
  const items = event.fires.flatMap(({ rule, quorums }) =>
    quorums.map(({ kind, q, weights, senders, tally }) => {
      const who = senders.map((id) => nameOf(run, id)).join(', ')
      return kind === 'count'
        ? `${rule} counts ${q} in ${tally?.name} for ${valueText(tally?.key)}: ${who}`
        : `${rule} asks for ${weights ? askedText(run, { q, weights }) : q}: ${who}`
    }),
  )
  return <Part title="Quorums" items={items} />
}

/** The state after the step, what has changed first. */
function State({ run, event }: { readonly run: RunView; readonly event: RunEvent }) {
  const state = run.states[event.state]
  if (typeof state !== 'object' || state === null || Array.isArray(state)) return null
  const changed = new Set(event.changes.map(({ path }) => String(path[0])))
  const keys = Object.keys(state).sort((a, b) => Number(changed.has(b)) - Number(changed.has(a)))
  return (
    <Section title={`State of ${nameOf(run, event.at)}`}>
      <table>
        {keys.map((key) => (
          <tr key={key} class={changed.has(key) ? 'changed' : ''}>
            <th>{visible(key)}</th>
            <td>{valueText((state as Record<string, unknown>)[key])}</td>
          </tr>
        ))}
      </table>
    </Section>
  )
}

function Truths({ run, number }: { readonly run: RunView; readonly number: number }) {
  const order = ['violated', 'pending', 'holds', 'reached', 'not judged']
  const truths = [...truthsAt(run, number).values()].sort((a, b) => order.indexOf(a.is) - order.indexOf(b.is))
  return (
    <Section title={number === 0 ? 'Claims' : `Claims after step ${number}`}>
      <table class="claims">
        {truths.map(({ claim, is, witness }) => (
          <tr key={claim} class={is.replace(' ', '-')}>
            <th>
              {is === 'violated' ? '✗' : is === 'holds' || is === 'reached' ? '✓' : '·'} {claim}
            </th>
            <td>{witness === undefined ? is : visible(witness)}</td>
          </tr>
        ))}
      </table>
    </Section>
  )
}
