#!/bin/sh
# Who asks: certificates that are expired, unknown, revoked, of another authority, or none at all.
. "$(dirname "$0")/lib.sh"
home=$work/home

# A handshake that fails gives curl no status; what a handler answers gives one.
no_handshake() {
  if hub metadata >/dev/null; then fail "was answered with $(status)"; fi
  same status "$(status)" 000
}
good() { hub metadata >/dev/null; same status "$(status)" 200; }
stranger() {
  as=stranger
  hub 'Patient' >"$work/one"; same 'search' "$(status)" 403
  hub 'Patient/x' >"$work/two"; same 'read' "$(status)" 403
  cmp "$work/one" "$work/two"
}
other_authority() { as=foreign; no_handshake; }
none() {
  code=$(curl -s --cacert "$work/tls/ca.pem" -o /dev/null -w '%{http_code}' \
    "https://localhost:$hub_port/fhir/metadata") && return 1
  same status "$code" 000
}
expired() {
  # openssl cannot make a certificate of the past by -days; `ca` can.
  : >"$work/tls/index.txt"; : >"$work/tls/index.txt.attr"; echo 01 >"$work/tls/serial"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=expired \
    -keyout "$work/tls/expired.key" -out "$work/tls/expired.csr"
  printf '%s\n' '[ca]' 'default_ca=d' '[d]' "dir=$work/tls" 'database=$dir/index.txt' \
    'serial=$dir/serial' 'new_certs_dir=$dir' 'default_md=sha256' 'policy=p' 'unique_subject=no' \
    'default_crl_days=7' '[p]' 'commonName=supplied' '[e]' \
    'subjectAltName=URI:urn:sekisho:demo:hub' 'extendedKeyUsage=clientAuth' >"$work/tls/ca.cnf"
  openssl ca -batch -config "$work/tls/ca.cnf" -extensions e -cert "$work/tls/ca.pem" \
    -keyfile "$work/tls/ca.key" -startdate 20200101000000Z -enddate 20200108000000Z \
    -in "$work/tls/expired.csr" -out "$work/tls/expired.pem" -notext
  as=expired; no_handshake
}
revoked() {
  openssl ca -config "$work/tls/ca.cnf" -cert "$work/tls/ca.pem" -keyfile "$work/tls/ca.key" \
    -revoke "$work/tls/stranger.pem"
  openssl ca -gencrl -config "$work/tls/ca.cnf" -cert "$work/tls/ca.pem" \
    -keyfile "$work/tls/ca.key" -out "$work/tls/ca.crl"
  sed -i 's|"client_ca":|"client_crl": "'"$work"'/tls/ca.crl", "client_ca":|' "$home/sekisho.json"
  stop_agent
  start_agent "$home"
  good
  as=stranger; no_handshake
  sekisho doctor --home "$home" --json >"$work/doctor"
  has doctor "$(cat "$work/doctor")" CRL_OK
  cp "$work/tls/ca.crl" "$work/tls/good.crl"
  # A list past its next update refuses everybody: doctor says so before the hub does.
  openssl ca -gencrl -config "$work/tls/ca.cnf" -cert "$work/tls/ca.pem" \
    -keyfile "$work/tls/ca.key" -crl_lastupdate 20200101000000Z -crl_nextupdate 20200108000000Z \
    -out "$work/tls/ca.crl"
  fails_with 1 sekisho doctor --home "$home" --json
  has doctor "$(cat "$work/refused")" CRL_EXPIRED
  printf 'no list' >"$work/tls/ca.crl"
  fails_with 1 sekisho doctor --home "$home" --json
  has doctor "$(cat "$work/refused")" CERT_UNREADABLE
  has doctor "$(cat "$work/refused")" "hub.client_crl: $work/tls/ca.crl: holds no revocation list"
  mv "$work/tls/good.crl" "$work/tls/ca.crl"
  stop_agent
}
disabled() {
  sed 's/"enabled": true/"enabled": false/' "$home/client.json" >"$home/disabled.json"
  grep -q '"enabled": false' "$home/disabled.json"
  start_agent "$home"
  hub 'Patient' >/dev/null; same 'before' "$(status)" 200
  sekisho registry import --home "$home" "$home/disabled.json" --by 山田 --by 佐藤
  hub 'Patient' >/dev/null; same 'after' "$(status)" 403
  stop_agent
}
# The certificate belongs to a client, the permit to another: neither gets anything, and neither learns
# that the permit is there.
permits() {
  sed 's/demo-hub/other-hub/; s/demo:hub/demo:stranger/' "$home/client.json" >"$home/other.json"
  sed 's/demo-hub/other-hub/; s/demo-m0/other-m0/' "$home/permit.json" >"$home/other-permit.json"
  sekisho registry import --home "$home" "$home/other.json" "$home/other-permit.json" \
    --by 山田 --by 佐藤
  sekisho registry attest --home "$home" --client other-hub --none-known --reason 'テストのため' \
    --as-of "$(japan_day today)" --by 山田 --by 佐藤
  sekisho registry list --home "$home" --of permits | grep -q 'id=other-m0  client=other-hub'
  for permit in unknown other-m0; do
    hub Patient >"$work/p-$permit"; same "$permit" "$(status)" 403
  done
  cmp "$work/p-unknown" "$work/p-other-m0"
  permit=demo-m0
  as=stranger
  hub Patient >"$work/p-mismatched"; same 'the other way round' "$(status)" 403
  cmp "$work/p-unknown" "$work/p-mismatched"
  as=hub
  hub Patient -H 'Sekisho-Permit: demo-m0' >/dev/null
  same 'two permits' "$(status)" 400
}

make_home "$home"
sekisho ingest --home "$home" >/dev/null
register "$home" >/dev/null
start_agent "$home"
check 'the registered client is answered' good
check 'a certificate of no registered client gets one 403 for everything' stranger
check 'a certificate of another authority ends in the handshake' other_authority
check 'no certificate ends in the handshake' none
check 'an expired certificate ends in the handshake' expired
check 'a permit of another client opens nothing, and cannot be probed for' permits
check 'a revoked certificate ends in the handshake' revoked
check 'a client that was disabled is refused at once' disabled
finish
