"""The metrics that the services promise to dashboards and alarms, with their labels.

`tests/e2e` holds a live scrape against the dashboard; this list is what both sides are written to.
"""

SERVICES = ("regulation", "slots", "booking")

_RPC = {
    "rpc_requests_total": {"method", "code"},
    "rpc_duration_seconds_bucket": {"method", "le"},
    "rpc_duration_seconds_sum": {"method"},
    "rpc_duration_seconds_count": {"method"},
    "rpc_in_flight": set(),
    "clock_drift_seconds": set(),
    "up": {"part"},
}

_DOMAIN = {
    "sas_regulation_cases_waiting": {"priority"},
    "sas_regulation_wait_oldest_seconds": {"priority"},
    "sas_regulation_cases_created_total": set(),
    "sas_regulation_decisions_total": {"level"},
    "sas_regulation_orders_open": set(),
    "sas_regulation_order_due_seconds": set(),
    "sas_regulation_reflex_departures_total": set(),
    "sas_regulation_disconnect_releases_total": set(),
    "sas_regulation_community_requests_total": {"outcome"},
    "sas_regulation_community_answer_seconds": set(),
    "sas_regulation_lost_calls_open": set(),
    "sas_regulation_ringing": set(),
    "sas_regulation_ringing_oldest_seconds": set(),
    "sas_regulation_oldest_claim_idle_seconds": {"territory"},
    "sas_regulation_board_watchers": set(),
    "sas_regulation_board_lines": set(),
    "sas_regulation_board_steps_total": {"kind"},
    "sas_regulation_board_resumes_total": {"got"},
    "sas_regulation_board_slow_total": set(),
    "sas_regulation_board_disagreements_total": set(),
    "sas_regulation_board_alarms_total": {"territory", "alarm"},
    "sas_regulation_board_delay_seconds": set(),
    "sas_regulation_kpi": {"kpi", "territory", "unit"},
    "sas_regulation_triages_total": {"severity_sign"},
    "sas_regulation_calls_total": {"line"},
    "sas_regulation_repeat_searches_total": {"found"},
    "sas_regulation_repeat_calls_total": {"act"},
    "sas_regulation_exchanges_total": {"kind"},
    "sas_regulation_exchanges_unread": set(),
    "sas_regulation_exchange_unread_oldest_seconds": set(),
    "sas_regulation_expertises_total": {"outcome"},
    "sas_regulation_entries_total": {"outcome", "origin"},
    "sas_regulation_entries_open": set(),
    "sas_regulation_local_entries_open": set(),
    "sas_regulation_reorientations_total": {"destination"},
    "sas_regulation_tasks_total": {"kind"},
    "sas_regulation_tasks_ended_total": {"state"},
    "sas_regulation_tasks_open": set(),
    "sas_regulation_tasks_overdue": set(),
    "sas_regulation_task_overdue_seconds": set(),
    "sas_regulation_protocols_in_force": set(),
    "sas_regulation_protocols_overdue": set(),
    "sas_regulation_protocol_files_refused": set(),
    "sas_regulation_roster_on_shift": {"territory", "queue"},
    "sas_regulation_roster_present": {"territory", "queue"},
    "sas_regulation_roster_uncovered": {"territory", "queue", "when"},
    "sas_regulation_call_silence": {"territory"},
    "sas_regulation_call_watch": {"territory"},
    "sas_regulation_surges": set(),
    "sas_regulation_offers_open": set(),
    "sas_regulation_offers_late": set(),
    "sas_booking_seat_drift": {"kind"},
    "sas_booking_supernumerary_total": set(),
    "sas_booking_practitioner_busy_total": set(),
    "sas_booking_displaced_total": {"outcome"},
    "sas_booking_displaced_open": set(),
    "sas_booking_displaced_soon": set(),
    "sas_booking_displaced_check_age_seconds": set(),
    "sas_booking_final_motif_unknown_total": set(),
    "sas_booking_sessions_closed_total": set(),
    "sas_slots_soft_cap_passed_total": set(),
    "sas_slots_rebuilds_total": {"cause"},
    "sas_slots_rebuild_seconds": set(),
    "sas_slots_epoch": {"region"},
    "sas_slots_projection_age_seconds": set(),
    "sas_slots_holds_total": {"outcome"},
    "sas_slots_holds_by_rank_total": {"rank"},
    "sas_slots_import_lines_total": {"outcome"},
    "sas_slots_templates_total": {"outcome"},
    "sas_slots_search_results": set(),
    "sas_slots_free_seats": set(),
    "sas_slots_change_age_seconds": set(),
    "sas_slots_watches": set(),
    "sas_slots_watch_steps_total": {"kind"},
    "sas_slots_watch_seconds": set(),
    "sas_slots_load_gini": {"territory"},
    "sas_slots_frames_total": {"partner", "outcome"},
    "sas_slots_feed_age_seconds": {"partner"},
    "sas_slots_feed_breaker": {"partner"},
    "sas_slots_feed_refused_total": {"partner"},
    "sas_slots_phantom_total": {"partner"},
    "sas_slots_phantom_ratio": {"partner"},
    "sas_slots_source_questions_total": {"partner", "kind", "outcome"},
    "sas_slots_source_unknown_seats": {"partner"},
    "sas_slots_source_relayed_total": {"partner", "outcome"},
    "sas_slots_source_answer_seconds_bucket": {"partner", "le"},
    "sas_slots_source_streams": {"partner"},
    "sas_booking_appointments_total": {"outcome"},
    "sas_booking_confirm_seconds": {"stage"},
    "sas_booking_seat_relay_backlog": set(),
    "sas_booking_seat_relay_lag_seconds": set(),
    "sas_booking_live_appointments": set(),
    "sas_booking_seat_offers_total": {"outcome"},
    "sas_booking_seat_offers_open": set(),
    "sas_booking_freed_seats_total": {"end"},
    "sas_booking_order_holds_released_total": set(),
    "sas_booking_worklist_orders": set(),
    "sas_booking_messages_total": {"kind", "outcome"},
    "sas_booking_messages_waiting": set(),
    "sas_booking_message_lag_seconds": set(),
    "sas_booking_message_tasks": set(),
    "sas_booking_message_channels": {"kind"},
    "sas_booking_source_questions_total": {"outcome"},
    "sas_booking_source_reports_total": {"outcome"},
    "sas_booking_source_open": set(),
    "sas_booking_source_overdue": set(),
    "sas_booking_source_unjoined": set(),
    "sas_booking_source_unjoined_age_seconds": set(),
}

# Whose values are measured per event: a dashboard reads their _bucket, _sum and _count.
HISTOGRAMS = {"sas_regulation_board_delay_seconds", "sas_regulation_community_answer_seconds", "sas_slots_rebuild_seconds", "sas_slots_search_results", "sas_slots_change_age_seconds",
              "sas_slots_watch_seconds", "sas_booking_confirm_seconds", "sas_booking_worklist_orders"}


def contract():
    """Series name -> labels of the suite (without those that Prometheus adds: job, instance, service)."""
    series = {f"sas_{service}_{name}": labels
              for service in SERVICES for name, labels in _RPC.items()}
    for name, labels in _DOMAIN.items():
        if name in HISTOGRAMS:
            series[name + "_bucket"] = labels | {"le"}
            series[name + "_sum"] = series[name + "_count"] = labels
        else:
            series[name] = labels
    return series
