import { render } from 'preact'
import { Explorer, useSession } from './explore-page.tsx'
import { pageText } from './page-text.ts'
import { type ExploredProtocol, ExplorerSession } from './session.ts'

const explored = JSON.parse(pageText('turncoat-explored')) as ExploredProtocol
const engine = JSON.parse(pageText('turncoat-engine')) as string

function Page() {
  const props = useSession((changed) => new ExplorerSession(explored, engine, changed))
  return props ? <Explorer {...props} /> : <p class="soft">…</p>
}

render(<Page />, document.getElementById('page')!)
