export { compareReplay, type ReplayEnd, type Replayed } from '../recording.ts'
export { endOf } from './control-routes.ts'
export { DurableCloud, type DurableOptions } from './durable-cloud.ts'
export { type AppendFile, diskFileSystem, type FileSystem } from './file-system.ts'
export {
  type FiledRecording,
  readRecordings,
  recordingsIn,
  writeRecording,
  writeRecordings,
} from './recording-file.ts'
export { RecordingSpool } from './recording-spool.ts'
export { restoredCloud } from './restored-cloud.ts'
