import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { mermaid } from '../report/diagrams/mermaid.ts'
import { visible } from '../report/text/visible.ts'
import type { RunView } from '../view/run.ts'
import { copy } from './copy.ts'
import { Details } from './details.tsx'
import { Diagram } from './diagram.tsx'
import { Filters } from './filters.tsx'
import { Help } from './help.tsx'
import { actionOf } from './keys.ts'
import { allSteps, EVERYTHING, type Filter, pastSet, searchText, shownArrows, shownSteps } from './model.ts'
import type { PageData } from './page-data.ts'

/** The step in the address: `#step=12`. */
function stepInAddress(run: RunView): number {
  const number = Number(new URLSearchParams(location.hash.slice(1)).get('step') ?? 0)
  return Number.isInteger(number) && number >= 0 && number <= run.events.length ? number : 0
}

/** What follows from the step that is selected, the filter and the search. */
function useShown(run: RunView, selected: number, filter: Filter, query: string) {
  const past = useMemo(() => pastSet(run, selected), [run, selected])
  const only = filter.onlyPast ? past : NOTHING
  const steps = useMemo(() => shownSteps(run, filter, only), [run, filter, only])
  const rows = useMemo(() => new Map(steps.map(({ number }, i) => [number, i])), [steps])
  const shown = useMemo(
    () => ({ ...run, lanes: run.lanes.filter(({ id }) => !filter.hiddenLanes.has(id)) }),
    [run, filter.hiddenLanes],
  )
  const arrows = useMemo(() => shownArrows(shown, rows, filter), [shown, rows, filter])
  const texts = useMemo(() => new Map(run.events.map((event) => [event.number, searchText(run, event)])), [run])
  const found = useMemo(
    () =>
      new Set(query === '' ? [] : steps.flatMap(({ number }) => (texts.get(number)!.includes(query) ? [number] : []))),
    [query, steps, texts],
  )
  return { past, steps, shown, arrows, found }
}

const NOTHING: ReadonlySet<number> = new Set()

/** The step that is selected: in the address, so that a link leads to it. */
function useStep(run: RunView): [number, (number: number) => void] {
  const [selected, setSelected] = useState(() => stepInAddress(run))
  useEffect(() => {
    const follow = () => setSelected(stepInAddress(run))
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [run])
  const select = (number: number) => {
    setSelected(number)
    history.replaceState(null, '', number > 0 ? `#step=${number}` : '#')
  }
  return [selected, select]
}

/** A page that shows a trace. */
export function Viewer({ data }: { readonly data: PageData }) {
  const run = useMemo(() => allSteps(data.run), [data])
  const [selected, select] = useStep(run)
  return <RunPage {...{ data, run, selected, select }} />
}

interface RunPageProps {
  readonly data: PageData
  /** The run with the healed run behind it. */
  readonly run: RunView
  readonly selected: number
  readonly select: (number: number) => void
  /** Under the heading, beside the diagram, and keys that come before those of the viewer: more than a viewer has. */
  readonly more?: {
    readonly head: ComponentChildren
    readonly aside: ComponentChildren
    readonly keys: readonly (readonly [keys: string, what: string])[]
    readonly press: (event: KeyboardEvent) => boolean
  }
}

/** A run to step through. */
export function RunPage({ data, run, selected, select, more }: RunPageProps) {
  const [filter, setFilter] = useState<Filter>(EVERYTHING)
  const [query, setQuery] = useState('')
  const [isHelp, setHelp] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const { past, steps, shown, arrows, found } = useShown(run, selected, filter, query.trim().toLowerCase())
  const press = (event: KeyboardEvent) => {
    if (more?.press(event)) return event.preventDefault()
    const action = actionOf(event, { run, steps, selected, found })
    if (!action) return
    event.preventDefault()
    if (action.kind === 'select') select(action.number)
    else if (action.kind === 'search') field.current?.focus()
    else if (action.kind === 'help') setHelp(!isHelp)
    else if (action.kind === 'past') setFilter({ ...filter, onlyPast: !filter.onlyPast })
    else {
      setHelp(false)
      setQuery('')
      field.current?.blur()
    }
  }
  // Not after the next frame: a key that is pressed before it would start from the step before.
  useLayoutEffect(() => {
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  })
  return (
    <div class="page">
      <Banner data={data} />
      {more?.head}
      <div class="tools">
        <label class="search">
          <span>search</span>
          <input
            ref={field}
            type="search"
            value={query}
            placeholder="COMMIT, r2, outputs …"
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        </label>
        {query.trim() !== '' && <span class="soft">{found.size} found; Enter for the next</span>}
        <Copies run={data.run} />
        <button type="button" onClick={() => setHelp(!isHelp)}>
          keys ?
        </button>
      </div>
      <Filters run={run} filter={filter} change={setFilter} />
      <div class="main">
        <Diagram run={shown} {...{ steps, arrows, selected, past, found, select }} />
        <aside class="details" aria-live="polite">
          {more?.aside}
          <Details run={run} event={run.events[selected - 1]} {...{ past, select }} />
          {selected === 0 && <Why data={data} />}
        </aside>
      </div>
      {isHelp && <Help more={more?.keys ?? []} close={() => setHelp(false)} />}
    </div>
  )
}

function verdictText({ claim, witness, divergence }: RunView): string {
  if (witness !== null) return `✗ ${claim} is violated: ${visible(witness)}`
  return divergence
    ? `It diverges at step ${divergence.step}: ${visible(divergence.why)}`
    : 'Nothing is violated so far.'
}

const BANNER = ['Why they decided', 'Quorum intersection']

function Banner({ data: { run, chapters } }: { readonly data: PageData }) {
  const { n, f, byzantine } = run.setting
  const byzantineReplicas = byzantine.map((id) => run.lanes.find((lane) => lane.id === id)?.name).join(', ')
  return (
    <header>
      <h1>{visible(run.title)}</h1>
      <p class="soft">
        {run.subject}: n = {n}, f = {f}, Byzantine: {byzantineReplicas === '' ? 'nobody' : byzantineReplicas};{' '}
        {run.setting.auth}; {run.events.length} steps
        {run.healed.length > 0 ? `, then ${run.healed.length} in the healed run` : ''}
      </p>
      <div class={run.witness === null ? 'banner' : 'banner violated'} role="status">
        <b>{verdictText(run)}</b>
        {chapters
          .filter(({ title }) => BANNER.includes(title))
          .flatMap(({ sentences }) => sentences)
          .map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
      </div>
    </header>
  )
}

function Why({ data: { run, chapters } }: { readonly data: PageData }) {
  return (
    <div>
      {run.story !== undefined && (
        <section>
          <h3>The story</h3>
          <p>{visible(run.story)}</p>
        </section>
      )}
      {chapters
        .filter(({ title }) => !BANNER.includes(title))
        .map(({ title, sentences }) => (
          <section key={title}>
            <h3>{title}</h3>
            {sentences.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </section>
        ))}
    </div>
  )
}

function Copies({ run }: { readonly run: RunView }) {
  const [done, setDone] = useState('')
  const button = (name: string, text: () => string) => (
    <button
      type="button"
      onClick={async () => {
        setDone((await copy(text())) ? name : '')
      }}
    >
      {done === name ? `copied ${name}` : `copy ${name}`}
    </button>
  )
  return (
    <span class="copies">
      {button('command', () => run.command)}
      {button('Mermaid', () => mermaid(run))}
      {button('JSON', () => JSON.stringify(run, null, 2))}
    </span>
  )
}
