import { useState } from 'preact/hooks'
import { visible } from '../report/text/visible.ts'
import type { Opened, SearchFinding } from './messages.ts'
import type { ExplorerSession, SessionState } from './session.ts'

interface Props {
  readonly session: ExplorerSession
  readonly state: SessionState
}

/** The claims that are searched for where nobody chooses one. */
function defaultClaims({ explored }: ExplorerSession, { claims }: Opened): readonly string[] {
  return explored.claims ?? claims.filter(({ isDefault }) => isDefault).map(({ name }) => name)
}

/** Buttons that search, and what a search says. */
export function Searching({ session, state }: Props) {
  const [chosen, setChosen] = useState('')
  const { opened, selected } = state
  if (!opened) return null
  const claims = chosen === '' ? defaultClaims(session, opened) : [chosen]
  const here = selected === 0 ? '' : ' from here'
  const button = (how: 'fuzz' | 'check') => (
    <button type="button" class="search-button" onClick={() => void session.search(how, claims)}>
      {how}
      {here}
    </button>
  )
  return (
    <span class="searching">
      {button('check')}
      {button('fuzz')}
      <select
        aria-label="claims to search for"
        value={chosen}
        onChange={(event) => setChosen(event.currentTarget.value)}
      >
        <option value="">{session.explored.claims?.join(', ') ?? 'all safety claims'}</option>
        {opened.claims.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <SearchState session={session} state={state} />
    </span>
  )
}

/** How far a search is, with a button that ends it. */
export function SearchState({ session, state: { search } }: Props) {
  if (search?.tells === undefined) return null
  return (
    <>
      <button type="button" onClick={() => session.stop()}>
        stop
      </button>
      <span class="soft" role="status">
        {search.how}: {search.tells}
      </span>
    </>
  )
}

/** What a search has found, each violation with a button that shows it. */
export function FindingTable({ session, state: { search }, shown }: Props & { readonly shown?: () => void }) {
  if (!search || search.tells !== undefined) return null
  const title = `${search.how}${search.from > 0 ? ` from step ${search.from}` : ''}`
  const isViolated = ({ verdict }: SearchFinding): boolean => verdict === 'violated'
  const findings = [...search.findings.filter(isViolated), ...search.findings.filter((one) => !isViolated(one))]
  return (
    <ul class="findings" aria-label={`results of ${title}`}>
      {findings.map((finding) => (
        <Row key={finding.claim} finding={finding} show={() => void session.show(finding).then(shown)} />
      ))}
    </ul>
  )
}

function Row({ finding, show }: { readonly finding: SearchFinding; readonly show: () => void }) {
  const { claim, verdict, text, steps } = finding
  const sign = verdict === 'violated' ? '✗' : verdict === 'holds' ? '✓' : '·'
  return (
    <li class={verdict}>
      <b>
        {sign} {verdict.replace('-', ' ')} {claim}
      </b>
      {steps && (
        <button type="button" onClick={show}>
          show
        </button>
      )}
      <p>{visible(text)}</p>
    </li>
  )
}
