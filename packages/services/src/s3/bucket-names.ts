/** Names of general purpose buckets. Source: S3 User Guide, "General purpose bucket naming rules". */
export function isBucketName(name: string): boolean {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return false
  if (name.includes('..') || /^\d+\.\d+\.\d+\.\d+$/.test(name)) return false
  return !reservedPrefix.test(name) && !reservedSuffix.test(name)
}

const reservedPrefix = /^(?:xn--|sthree-|amzn-s3-demo-$)/
const reservedSuffix = /(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3|-an)$/
