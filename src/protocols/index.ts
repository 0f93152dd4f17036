/** The registry: one line a protocol. */
import { brachaProperties } from '../../properties/bracha.ts'
import type { Subject } from '../model/index.ts'
import * as bracha from './bracha.ts'
import { subject } from './subject.ts'

export const registry: readonly Subject[] = [subject(bracha, brachaProperties)]
