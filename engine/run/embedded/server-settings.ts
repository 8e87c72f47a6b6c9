/**
 * How the embedded server runs. Given on its command line, so that neither a file in the data folder
 * nor ALTER SYSTEM can take a promise back.
 */
export function serverSettings(): Readonly<Record<string, string>> {
  return {
    // No network: only who may enter the socket's folder can even knock.
    listen_addresses: '',
    unix_socket_permissions: '0700',
    password_encryption: 'scram-sha-256',
    // P6: acknowledged is on the disk, and a torn or rotten page is noticed.
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    max_connections: '40',
    shared_buffers: '128MB',
    max_wal_size: '1GB',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // What is destroyed must not live on in a log: no statements, no values.
    log_min_messages: 'warning',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
  };
}
