import type { Context } from '../context.ts'
import type { VersionRecord } from './state.ts'

export function notify(_ctx: Context, _event: string, _version: VersionRecord): void {}
