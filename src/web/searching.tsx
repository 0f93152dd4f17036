import { useState } from 'preact/hooks'
import type { Setting } from '../model/index.ts'
import { visible } from '../report/text/visible.ts'
import type { Opened, SearchFinding } from './messages.ts'
import type { ExplorerSession, SessionState } from './session.ts'

interface Props {
  readonly session: ExplorerSession
  readonly state: SessionState
  /** What is searched from the start; else, the search begins where the reader is. */
  readonly settings?: readonly Setting[]
}

/** The claims that are searched for where nobody chooses one. */
function defaultClaims({ explored }: ExplorerSession, { claims }: Opened): readonly string[] {
  return explored.claims ?? claims.filter(({ isDefault }) => isDefault).map(({ name }) => name)
}

/** Buttons that search, and what a search says. */
export function Searching({ session, state, settings }: Props) {
  const [chosen, setChosen] = useState('')
  const { opened, search, selected } = state
  if (!opened) return null
  const claims = chosen === '' ? defaultClaims(session, opened) : [chosen]
  const here = settings || selected === 0 ? '' : ' from here'
  const button = (how: 'fuzz' | 'check') => (
    <button type="button" class="search-button" onClick={() => void session.search(how, claims, settings)}>
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
      {search?.tells !== undefined && (
        <>
          <button type="button" onClick={() => session.stop()}>
            stop
          </button>
          <span class="soft" role="status">
            {search.how}: {search.tells}
          </span>
        </>
      )}
    </span>
  )
}

/** What a search has found, each violation with a button that shows it. */
export function FindingTable({ session, state: { search } }: Pick<Props, 'session' | 'state'>) {
  if (!search || search.tells !== undefined) return null
  const title = `${search.how}${search.from > 0 ? ` from step ${search.from}` : ''}`
  return (
    <table class="findings" aria-label={`results of ${title}`}>
      <tbody>
        {search.findings.map((finding) => (
          <Row key={finding.claim} finding={finding} session={session} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ finding, session }: { readonly finding: SearchFinding; readonly session: ExplorerSession }) {
  const { claim, verdict, text, steps } = finding
  return (
    <tr class={verdict}>
      <th>
        {verdict === 'violated' ? '✗' : verdict === 'holds' ? '✓' : '·'} {verdict.replace('-', ' ')} {claim}
      </th>
      <td>{visible(text)}</td>
      <td>
        {steps && (
          <button type="button" onClick={() => void session.show(finding)}>
            show
          </button>
        )}
      </td>
    </tr>
  )
}
