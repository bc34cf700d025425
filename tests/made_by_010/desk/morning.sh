#!/bin/sh
# The morning: data, brief, mail, archive. Any scheduler may call it, as often as it likes: what is done is not done again.
# AS_OF=2025-01-08 makes the brief of another session, DATA=sample makes it of the embedded sample. Secrets may stand in a file .env.
set -eu
cd "$(dirname "$0")"
if [ -f .env ]; then set -a; . ./.env; set +a; fi
mkdir -p state
: "${REPORT:=desk-recap}" "${DEADLINE:=06:45}" "${ZONE:=America/New_York}" "${DATA:=store}" "${AS_OF:=}" "${PROFILE:=internal}"

# './morning.sh watch', later in the morning: is the brief there? If not, the owners are told.
if [ "${1:-}" = watch ]; then
  exec reportgen watch "$REPORT" --deadline "$DEADLINE" --zone "$ZONE"
fi

code=0
if [ -n "$AS_OF" ]; then
  made=$(reportgen run "$REPORT" --as-of "$AS_OF" --data "$DATA" --profile "$PROFILE") || code=$?
  echo "$made"
  brief=$(dirname "$(echo "$made" | head -n 1)")
else
  reportgen morning "$REPORT" --data "$DATA" --deadline "$DEADLINE" --zone "$ZONE" || code=$?
  brief=out/$REPORT
fi
case $code in
  0 | 8 | 9) ;; # made, made with gaps that it names, made before
  *) exit $code ;;
esac

# One reader who can not be reached keeps nobody from the archive; the exit code tells of it in the end.
sent=0
reportgen send "$brief" --to recipients.toml ${AS_OF:+--late} || sent=$?
reportgen site build archive --profile "$PROFILE"
exit $sent
