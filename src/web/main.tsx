import { render } from 'preact'
import { DATA_ID, type PageData } from './page-data.ts'
import { Viewer } from './viewer.tsx'

const data = JSON.parse(document.getElementById(DATA_ID)!.textContent!) as PageData
render(<Viewer data={data} />, document.getElementById('page')!)
