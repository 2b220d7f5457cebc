# Sourced by packaging/demo.sh and the end-to-end tests: what an invented installation is made of.
# Certificates by openssl, a free port, the configuration, the files for `sekisho registry import`.

authority() {  # authority FOLDER NAME: a certificate authority, EC P-256, 7 days
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 7 -subj "/CN=$2" \
    -keyout "$1/$2.key" -out "$1/$2.pem" 2>/dev/null
}

certificate() {  # certificate FOLDER AUTHORITY NAME SUBJECT-ALT-NAME USAGE [DAYS]
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$3" \
    -keyout "$1/$3.key" -out "$1/$3.csr" 2>/dev/null
  printf 'subjectAltName=%s\nextendedKeyUsage=%s\nbasicConstraints=critical,CA:FALSE\n' "$4" "$5" \
    >"$1/$3.ext"
  openssl x509 -req -in "$1/$3.csr" -CA "$1/$2.pem" -CAkey "$1/$2.key" -CAcreateserial \
    -days "${6:-7}" -extfile "$1/$3.ext" -out "$1/$3.pem" 2>/dev/null
  rm "$1/$3.csr" "$1/$3.ext"
}

free_port() {  # a port on which nobody listens at this moment
  while :; do
    port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
    hex=$(printf ':%04X ' "$port")
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q "$hex" || { echo "$port"; return; }
  done
}

demo_config() {  # demo_config FOLDER HUB-PORT HEALTH-PORT STORAGES: the text of sekisho.json
  cat <<CONFIG
{
  "language": "ja",
  "facility": { "institution_number": "1319999999", "name": "関所デモ病院" },
  "storages": [ $4 ],
  "hub": {
    "address": "127.0.0.1", "port": $2,
    "certificate": "$1/tls/server.pem", "private_key": "$1/tls/server.key",
    "client_ca": "$1/tls/ca.pem", "base_url": "https://localhost:$2/fhir"
  },
  "health": { "port": $3 }
}
CONFIG
}

japan_day() { TZ=JST-9 date -d "$1" +%Y-%m-%d; }  # japan_day '90 days ago'

# demo_registry_files FOLDER STORAGE: client.json, permit.json, filing.json and notices.csv, for every
# patient of a storage (its folders are named by card number); all dated 90 days back.
demo_registry_files() {
  since=$(japan_day '90 days ago')
  cat >"$1/client.json" <<JSON
{ "clients": [ { "id": "demo-hub", "cert_subject": "urn:sekisho:demo:hub", "certified": ["anon"],
                 "public_body": false, "enabled": true } ] }
JSON
  cat >"$1/permit.json" <<JSON
{ "permits": [ { "id": "demo-m0", "basis": "jisedai52", "client": "demo-hub", "track": "anon",
                 "mode": "M0", "purposes": ["HRESCH"], "categories": ["I1", "I4", "I5"],
                 "from": "${since}T00:00:00+09:00",
                 "to": "$(japan_day '365 days')T00:00:00+09:00" } ] }
JSON
  cat >"$1/filing.json" <<JSON
{ "filings": [ { "client": "demo-hub", "track": "anon", "filing_no": "demo-1", "version": 1,
                 "accepted": true, "accepted_on": "$since", "published_on": "$since",
                 "start": "$since", "items": ["I1", "I4", "I5"] } ] }
JSON
  {
    echo card,client,track,date,party,method,items
    find "$2" -mindepth 3 -maxdepth 3 -type d | sed 's,.*/,,' | sort -u |
      sed "s/\$/,demo-hub,anon,$since,both,paper_at_visit,I1 I4 I5/"
  } >"$1/notices.csv"
}
