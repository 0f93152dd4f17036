import { useState } from 'preact/hooks'
import { visible } from '../report/text/visible.ts'
import type { Choice, PossibleSteps } from './messages.ts'

const KINDS = [
  ['message', 'Messages of correct participants'],
  ['alone', 'Inputs, timeouts, coins, losses'],
  ['byzantine', 'Byzantine messages'],
] as const

/** With more choices than this there is a field to search them. */
const MANY = 9

/** The choices in the order in which they are shown, which is the order of their keys. */
export function inShownOrder(choices: readonly Choice[]): Choice[] {
  return KINDS.flatMap(([kind]) => choices.filter((one) => one.kind === kind))
}

interface Props {
  readonly choices: PossibleSteps | undefined
  readonly after: number
  readonly isFork: boolean
  readonly choose: (choice: Choice) => void
}

/** Every step that can be taken, with what comes of it. */
export function ChoiceList({ choices, after, isFork, choose }: Props) {
  const [query, setQuery] = useState('')
  const all = inShownOrder(choices?.choices ?? [])
  const found = all.filter((one) => `${one.facts.what} ${outcome(one)}`.toLowerCase().includes(query.toLowerCase()))
  return (
    <section class="choices" aria-label="what can happen next">
      <h2>
        {after === 0 ? 'What can happen first' : `What can happen after step ${after}`}
        {isFork && <small> a choice here forks the run</small>}
      </h2>
      {choices === undefined && <p class="soft">…</p>}
      {choices?.leftOut !== undefined && <p class="throws">Not every step is listed: {visible(choices.leftOut)}</p>}
      {choices && all.length === 0 && choices.leftOut === undefined && (
        <p class="soft">Nothing: no rule is enabled, no timer runs, and nobody has anything to say.</p>
      )}
      {all.length > MANY && (
        <input
          type="search"
          aria-label="find a step"
          placeholder={`find among ${all.length} steps`}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      )}
      {KINDS.map(([kind, title]) => {
        const here = found.filter((one) => one.kind === kind)
        return (
          here.length > 0 && (
            <div key={kind} class={`kind ${kind}`}>
              <h3>{title}</h3>
              {here.map((one) => (
                <Option key={JSON.stringify(one.step)} choice={one} digit={all.indexOf(one) + 1} choose={choose} />
              ))}
            </div>
          )
        )
      })}
    </section>
  )
}

/** What comes of a step, in a line. */
function outcome({ facts: { says, decides, knows } }: Choice): string {
  const parts = [
    ...(decides.length > 0 ? [`outputs ${decides.join('; ')}`] : []),
    ...(says.length > 0 ? [`sends ${says.join('; ')}`] : []),
    ...(says.length === 0 && decides.length === 0 ? knows : []),
  ]
  return parts.join(' · ')
}

interface OptionProps {
  readonly choice: Choice
  readonly digit: number
  readonly choose: (choice: Choice) => void
}

function Option({ choice, digit, choose }: OptionProps) {
  const { facts, breaks } = choice
  const evidence = [...facts.evidence, ...(facts.hears ?? [])]
  return (
    <button type="button" class="choice" onClick={() => choose(choice)}>
      <kbd>{digit <= 9 ? digit : ''}</kbd>
      <span>
        <span class="what">{visible(facts.what)}</span>
        {facts.rule !== undefined && <span class="soft"> {visible(facts.rule)}</span>}
        {evidence.length > 0 && <small> with {visible(evidence.join(', '))}</small>}
        <small class="then">{visible(outcome(choice))}</small>
        {breaks.length > 0 && <small class="throws">✗ breaks {breaks.join(', ')}</small>}
      </span>
    </button>
  )
}
