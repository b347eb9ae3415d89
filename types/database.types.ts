// Written by `outbound dev docs`, by `supabase gen types`; a test keeps it equal to the database.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  public: {
    Tables: {
      assistants: {
        Row: {
          channel: Database["public"]["Enums"]["contact_channel"];
          created_at: string;
          id: string;
          is_active: boolean;
          name: string;
          provider_assistant_id: string;
          team_id: string;
          template: string | null;
        };
        ComputedFields: never;
        Insert: {
          channel?: Database["public"]["Enums"]["contact_channel"];
          created_at?: string;
          id?: string;
          is_active?: boolean;
          name: string;
          provider_assistant_id: string;
          team_id: string;
          template?: string | null;
        };
        Update: {
          channel?: Database["public"]["Enums"]["contact_channel"];
          created_at?: string;
          id?: string;
          is_active?: boolean;
          name?: string;
          provider_assistant_id?: string;
          team_id?: string;
          template?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "assistants_team_exists";
            columns: ["team_id"];
            isOneToOne: false;
            referencedRelation: "teams";
            referencedColumns: ["id"];
          },
        ];
      };
      audience_lists: {
        Row: {
          campaign_count: number;
          created_at: string;
          definition: NonNullable<Json>;
          exclusions: NonNullable<Json>;
          id: string;
          member_count: number;
          name: string;
          source: Database["public"]["Enums"]["audience_source"];
          status: Database["public"]["Enums"]["audience_status"];
          team_id: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          campaign_count?: number;
          created_at?: string;
          definition?: NonNullable<Json>;
          exclusions?: NonNullable<Json>;
          id?: string;
          member_count?: number;
          name: string;
          source: Database["public"]["Enums"]["audience_source"];
          status?: Database["public"]["Enums"]["audience_status"];
          team_id: string;
          updated_at?: string;
        };
        Update: {
          campaign_count?: number;
          created_at?: string;
          definition?: NonNullable<Json>;
          exclusions?: NonNullable<Json>;
          id?: string;
          member_count?: number;
          name?: string;
          source?: Database["public"]["Enums"]["audience_source"];
          status?: Database["public"]["Enums"]["audience_status"];
          team_id?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "audience_lists_team_exists";
            columns: ["team_id"];
            isOneToOne: false;
            referencedRelation: "teams";
            referencedColumns: ["id"];
          },
        ];
      };
      audience_members: {
        Row: {
          added_at: string;
          appointment_starts_at: string | null;
          contact_id: string;
          list_id: string;
          servicetitan_appointment_id: number | null;
          servicetitan_customer_id: number | null;
          servicetitan_job_id: number | null;
          servicetitan_job_type_id: number | null;
          team_id: string;
        };
        ComputedFields: never;
        Insert: {
          added_at?: string;
          appointment_starts_at?: string | null;
          contact_id: string;
          list_id: string;
          servicetitan_appointment_id?: number | null;
          servicetitan_customer_id?: number | null;
          servicetitan_job_id?: number | null;
          servicetitan_job_type_id?: number | null;
          team_id: string;
        };
        Update: {
          added_at?: string;
          appointment_starts_at?: string | null;
          contact_id?: string;
          list_id?: string;
          servicetitan_appointment_id?: number | null;
          servicetitan_customer_id?: number | null;
          servicetitan_job_id?: number | null;
          servicetitan_job_type_id?: number | null;
          team_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "audience_members_contact_exists";
            columns: ["team_id", "contact_id"];
            isOneToOne: false;
            referencedRelation: "contacts";
            referencedColumns: ["team_id", "id"];
          },
          {
            foreignKeyName: "audience_members_list_exists";
            columns: ["team_id", "list_id"];
            isOneToOne: false;
            referencedRelation: "audience_lists";
            referencedColumns: ["team_id", "id"];
          },
        ];
      };
      audience_run_errors: {
        Row: {
          code: string;
          column_name: string;
          position: number;
          row_number: number;
          run_id: string;
          servicetitan_customer_id: number | null;
          severity: string;
          team_id: string;
          value: string | null;
        };
        ComputedFields: never;
        Insert: {
          code: string;
          column_name: string;
          position: number;
          row_number: number;
          run_id: string;
          servicetitan_customer_id?: number | null;
          severity: string;
          team_id: string;
          value?: string | null;
        };
        Update: {
          code?: string;
          column_name?: string;
          position?: number;
          row_number?: number;
          run_id?: string;
          servicetitan_customer_id?: number | null;
          severity?: string;
          team_id?: string;
          value?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "audience_run_errors_run_exists";
            columns: ["team_id", "run_id"];
            isOneToOne: false;
            referencedRelation: "audience_runs";
            referencedColumns: ["team_id", "id"];
          },
        ];
      };
      audience_runs: {
        Row: {
          added_count: number;
          created_at: string;
          definition: NonNullable<Json>;
          duplicate_count: number;
          ended_at: string | null;
          excluded_count: number;
          failure_code: string | null;
          failure_message: string | null;
          fetched_count: number;
          file_name: string | null;
          id: string;
          is_partial_allowed: boolean;
          lease_expires_at: string | null;
          list_id: string | null;
          list_name: string;
          mapping: NonNullable<Json>;
          rejected_count: number;
          removed_count: number;
          source: Database["public"]["Enums"]["audience_source"];
          started_at: string | null;
          started_by: string | null;
          status: Database["public"]["Enums"]["run_status"];
          team_id: string;
          updated_count: number;
          waits_for: string | null;
          warning_count: number;
        };
        ComputedFields: never;
        Insert: {
          added_count?: number;
          created_at?: string;
          definition?: NonNullable<Json>;
          duplicate_count?: number;
          ended_at?: string | null;
          excluded_count?: number;
          failure_code?: string | null;
          failure_message?: string | null;
          fetched_count?: number;
          file_name?: string | null;
          id?: string;
          is_partial_allowed?: boolean;
          lease_expires_at?: string | null;
          list_id?: string | null;
          list_name: string;
          mapping?: NonNullable<Json>;
          rejected_count?: number;
          removed_count?: number;
          source: Database["public"]["Enums"]["audience_source"];
          started_at?: string | null;
          started_by?: string | null;
          status?: Database["public"]["Enums"]["run_status"];
          team_id: string;
          updated_count?: number;
          waits_for?: string | null;
          warning_count?: number;
        };
        Update: {
          added_count?: number;
          created_at?: string;
          definition?: NonNullable<Json>;
          duplicate_count?: number;
          ended_at?: string | null;
          excluded_count?: number;
          failure_code?: string | null;
          failure_message?: string | null;
          fetched_count?: number;
          file_name?: string | null;
          id?: string;
          is_partial_allowed?: boolean;
          lease_expires_at?: string | null;
          list_id?: string | null;
          list_name?: string;
          mapping?: NonNullable<Json>;
          rejected_count?: number;
          removed_count?: number;
          source?: Database["public"]["Enums"]["audience_source"];
          started_at?: string | null;
          started_by?: string | null;
          status?: Database["public"]["Enums"]["run_status"];
          team_id?: string;
          updated_count?: number;
          waits_for?: string | null;
          warning_count?: number;
        };
        Relationships: [
          {
            foreignKeyName: "audience_runs_list_exists";
            columns: ["team_id", "list_id"];
            isOneToOne: false;
            referencedRelation: "audience_lists";
            referencedColumns: ["team_id", "id"];
          },
          {
            foreignKeyName: "audience_runs_team_exists";
            columns: ["team_id"];
            isOneToOne: false;
            referencedRelation: "teams";
            referencedColumns: ["id"];
          },
        ];
      };
      audience_schedules: {
        Row: {
          created_at: string;
          expression: string;
          is_enabled: boolean;
          last_run_at: string | null;
          last_run_id: string | null;
          last_skipped_at: string | null;
          list_id: string;
          next_run_at: string | null;
          team_id: string;
          timezone: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          expression: string;
          is_enabled?: boolean;
          last_run_at?: string | null;
          last_run_id?: string | null;
          last_skipped_at?: string | null;
          list_id: string;
          next_run_at?: string | null;
          team_id: string;
          timezone: string;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          expression?: string;
          is_enabled?: boolean;
          last_run_at?: string | null;
          last_run_id?: string | null;
          last_skipped_at?: string | null;
          list_id?: string;
          next_run_at?: string | null;
          team_id?: string;
          timezone?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "audience_schedules_last_run_exists";
            columns: ["team_id", "last_run_id"];
            isOneToOne: false;
            referencedRelation: "audience_runs";
            referencedColumns: ["team_id", "id"];
          },
          {
            foreignKeyName: "audience_schedules_list_exists";
            columns: ["team_id", "list_id"];
            isOneToOne: true;
            referencedRelation: "audience_lists";
            referencedColumns: ["team_id", "id"];
          },
        ];
      };
      campaigns: {
        Row: {
          archived_at: string | null;
          created_at: string;
          ended_at: string | null;
          exclusions: NonNullable<Json>;
          id: string;
          is_continuous: boolean;
          kind: Database["public"]["Enums"]["campaign_kind"];
          list_id: string;
          max_lateness: string;
          name: string;
          needs_list_status: Database["public"]["Enums"]["audience_status"] | null;
          needs_workflow_status: Database["public"]["Enums"]["workflow_status"] | null;
          phone_number_id: string;
          priority: number;
          retry_budget: number;
          retry_count: number;
          scheduled_at: string | null;
          started_at: string | null;
          status: Database["public"]["Enums"]["campaign_status"];
          targeting: NonNullable<Json>;
          team_id: string;
          updated_at: string;
          workflow_id: string;
        };
        ComputedFields: never;
        Insert: {
          archived_at?: string | null;
          created_at?: string;
          ended_at?: string | null;
          exclusions?: NonNullable<Json>;
          id?: string;
          is_continuous?: boolean;
          kind?: Database["public"]["Enums"]["campaign_kind"];
          list_id: string;
          max_lateness?: string;
          name: string;
          needs_list_status?: never;
          needs_workflow_status?: never;
          phone_number_id: string;
          priority?: number;
          retry_budget?: number;
          retry_count?: number;
          scheduled_at?: string | null;
          started_at?: string | null;
          status?: Database["public"]["Enums"]["campaign_status"];
          targeting?: NonNullable<Json>;
          team_id: string;
          updated_at?: string;
          workflow_id: string;
        };
        Update: {
          archived_at?: string | null;
          created_at?: string;
          ended_at?: string | null;
          exclusions?: NonNullable<Json>;
          id?: string;
          is_continuous?: boolean;
          kind?: Database["public"]["Enums"]["campaign_kind"];
          list_id?: string;
          max_lateness?: string;
          name?: string;
          needs_list_status?: never;
          needs_workflow_status?: never;
          phone_number_id?: string;
          priority?: number;
          retry_budget?: number;
          retry_count?: number;
          scheduled_at?: string | null;
          started_at?: string | null;
          status?: Database["public"]["Enums"]["campaign_status"];
          targeting?: NonNullable<Json>;
          team_id?: string;
          updated_at?: string;
          workflow_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "campaigns_list_exists";
            columns: ["team_id", "list_id"];
            isOneToOne: false;
            referencedRelation: "audience_lists";
            referencedColumns: ["team_id", "id"];
          },
          {
            foreignKeyName: "campaigns_phone_number_exists";
            columns: ["team_id", "phone_number_id"];
            isOneToOne: false;
            referencedRelation: "phone_numbers";
            referencedColumns: ["team_id", "id"];
          },
          {
            foreignKeyName: "campaigns_run_published_workflows";
            columns: ["team_id", "workflow_id", "needs_workflow_status"];
            isOneToOne: false;
            referencedRelation: "workflows";
            referencedColumns: ["team_id", "id", "status"];
          },
          {
            foreignKeyName: "campaigns_team_exists";
            columns: ["team_id"];
            isOneToOne: false;
            referencedRelation: "teams";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "campaigns_use_active_lists";
            columns: ["team_id", "list_id", "needs_list_status"];
            isOneToOne: false;
            referencedRelation: "audience_lists";
            referencedColumns: ["team_id", "id", "status"];
          },
          {
            foreignKeyName: "campaigns_workflow_exists";
            columns: ["team_id", "workflow_id"];
            isOneToOne: false;
            referencedRelation: "workflows";
            referencedColumns: ["team_id", "id"];
          },
        ];
      };
      consent_events: {
        Row: {
          action: string;
          channel: Database["public"]["Enums"]["contact_channel"];
          id: string;
          occurred_at: string;
          phone: string;
          reason: string;
          recorded_at: string;
          source: string;
          team_id: string;
          user_id: string | null;
          words: string | null;
        };
        ComputedFields: never;
        Insert: {
          action: string;
          channel: Database["public"]["Enums"]["contact_channel"];
          id?: string;
          occurred_at?: string;
          phone: string;
          reason?: string;
          recorded_at?: string;
          source: string;
          team_id: string;
          user_id?: string | null;
          words?: string | null;
        };
        Update: {
          action?: string;
          channel?: Database["public"]["Enums"]["contact_channel"];
          id?: string;
          occurred_at?: string;
          phone?: string;
          reason?: string;
          recorded_at?: string;
          source?: string;
          team_id?: string;
          user_id?: string | null;
          words?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "consent_events_team_exists";
            columns: ["team_id"];
            isOneToOne: false;
            referencedRelation: "teams";
            referencedColumns: ["id"];
          },
        ];
      };
      contacts: {
        Row: {
          created_at: string;
          email: string | null;
          first_name: string | null;
          id: string;
          last_name: string | null;
          phone: string;
          phone_extension: string | null;
          postal_code: string | null;
          regions: string[];
          servicetitan_customer_id: number | null;
          team_id: string;
          timezone: string | null;
          timezones: string[];
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          email?: string | null;
          first_name?: string | null;
          id?: string;
          last_name?: string | null;
          phone: string;
          phone_extension?: string | null;
          postal_code?: string | null;
          regions?: string[];
          servicetitan_customer_id?: number | null;
          team_id: string;
          timezone?: string | null;
          timezones: string[];
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          email?: string | null;
          first_name?: string | null;
          id?: string;
          last_name?: string | null;
          phone?: string;
          phone_extension?: string | null;
          postal_code?: string | null;
          regions?: string[];
          servicetitan_customer_id?: number | null;
          team_id?: string;
          timezone?: string | null;
          timezones?: string[];
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "contacts_team_exists";
            columns: ["team_id"];
            isOneToOne: false;
            referencedRelation: "teams";
            referencedColumns: ["id"];
          },
        ];
      };
      integrations: {
        Row: {
          account_ref: string | null;
          concurrency_limit: number;
          created_at: string;
          id: string;
          is_sandbox: boolean;
          pace_begins_at: string | null;
          pace_per_minute: number | null;
          pace_reason: string | null;
          paused_at: string | null;
          paused_reason: string | null;
          provider: Database["public"]["Enums"]["provider"];
          secret_name: string;
          status: Database["public"]["Enums"]["integration_status"];
          team_id: string;
        };
        ComputedFields: never;
        Insert: {
          account_ref?: string | null;
          concurrency_limit?: number;
          created_at?: string;
          id?: string;
          is_sandbox?: boolean;
          pace_begins_at?: string | null;
          pace_per_minute?: number | null;
          pace_reason?: string | null;
          paused_at?: string | null;
          paused_reason?: string | null;
          provider: Database["public"]["Enums"]["provider"];
          secret_name: string;
          status?: Database["public"]["Enums"]["integration_status"];
          team_id: string;
        };
        Update: {
          account_ref?: string | null;
          concurrency_limit?: number;
          created_at?: string;
          id?: string;
          is_sandbox?: boolean;
          pace_begins_at?: string | null;
          pace_per_minute?: number | null;
          pace_reason?: string | null;
          paused_at?: string | null;
          paused_reason?: string | null;
          provider?: Database["public"]["Enums"]["provider"];
          secret_name?: string;
          status?: Database["public"]["Enums"]["integration_status"];
          team_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "integrations_team_exists";
            columns: ["team_id"];
            isOneToOne: false;
            referencedRelation: "teams";
            referencedColumns: ["id"];
          },
        ];
      };
      leads: {
        Row: {
          contact_id: string | null;
          dedupe_hash: string;
          external_id: string | null;
          id: string;
          list_id: string;
          problems: NonNullable<Json>;
          received_at: string;
          source: string;
          status: Database["public"]["Enums"]["lead_status"];
          team_id: string;
          urgency: Database["public"]["Enums"]["lead_urgency"];
        };
        ComputedFields: never;
        Insert: {
          contact_id?: string | null;
          dedupe_hash: string;
          external_id?: string | null;
          id?: string;
          list_id: string;
          problems?: NonNullable<Json>;
          received_at?: string;
          source: string;
          status: Database["public"]["Enums"]["lead_status"];
          team_id: string;
          urgency?: Database["public"]["Enums"]["lead_urgency"];
        };
        Update: {
          contact_id?: string | null;
          dedupe_hash?: string;
          external_id?: string | null;
          id?: string;
          list_id?: string;
          problems?: NonNullable<Json>;
          received_at?: string;
          source?: string;
          status?: Database["public"]["Enums"]["lead_status"];
          team_id?: string;
          urgency?: Database["public"]["Enums"]["lead_urgency"];
        };
        Relationships: [
          {
            foreignKeyName: "leads_contact_exists";
            columns: ["team_id", "contact_id"];
            isOneToOne: false;
            referencedRelation: "contacts";
            referencedColumns: ["team_id", "id"];
          },
          {
            foreignKeyName: "leads_list_exists";
            columns: ["team_id", "list_id"];
            isOneToOne: false;
            referencedRelation: "audience_lists";
            referencedColumns: ["team_id", "id"];
          },
        ];
      };
      outreach_items: {
        Row: {
          campaign_id: string;
          contact_id: string;
          created_at: string;
          dedupe_hash: string;
          enrolled_at: string | null;
          hold_count: number;
          hold_ended_at: string | null;
          hold_message: string | null;
          hold_outcome: string | null;
          id: string;
          outreach_id: string;
          phone: string;
          servicetitan_appointment_id: number | null;
          servicetitan_customer_id: number | null;
          servicetitan_job_id: number | null;
          status: Database["public"]["Enums"]["outreach_item_status"];
          team_id: string;
        };
        ComputedFields: never;
        Insert: {
          campaign_id: string;
          contact_id: string;
          created_at?: string;
          dedupe_hash: string;
          enrolled_at?: string | null;
          hold_count?: number;
          hold_ended_at?: string | null;
          hold_message?: string | null;
          hold_outcome?: string | null;
          id?: string;
          outreach_id: string;
          phone: string;
          servicetitan_appointment_id?: number | null;
          servicetitan_customer_id?: number | null;
          servicetitan_job_id?: number | null;
          status: Database["public"]["Enums"]["outreach_item_status"];
          team_id: string;
        };
        Update: {
          campaign_id?: string;
          contact_id?: string;
          created_at?: string;
          dedupe_hash?: string;
          enrolled_at?: string | null;
          hold_count?: number;
          hold_ended_at?: string | null;
          hold_message?: string | null;
          hold_outcome?: string | null;
          id?: string;
          outreach_id?: string;
          phone?: string;
          servicetitan_appointment_id?: number | null;
          servicetitan_customer_id?: number | null;
          servicetitan_job_id?: number | null;
          status?: Database["public"]["Enums"]["outreach_item_status"];
          team_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "outreach_items_campaign_exists";
            columns: ["team_id", "campaign_id"];
            isOneToOne: false;
            referencedRelation: "campaigns";
            referencedColumns: ["team_id", "id"];
          },
          {
            foreignKeyName: "outreach_items_contact_exists";
            columns: ["team_id", "contact_id"];
            isOneToOne: false;
            referencedRelation: "contacts";
            referencedColumns: ["team_id", "id"];
          },
          {
            foreignKeyName: "outreach_items_outreach_exists";
            columns: ["team_id", "outreach_id"];
            isOneToOne: false;
            referencedRelation: "outreaches";
            referencedColumns: ["team_id", "id"];
          },
        ];
      };
      outreaches: {
        Row: {
          campaign_id: string;
          channel: Database["public"]["Enums"]["contact_channel"];
          created_at: string;
          created_by: string | null;
          hold_memo: string | null;
          hold_reason_id: number | null;
          id: string;
          kind: Database["public"]["Enums"]["outreach_kind"];
          list_id: string;
          team_id: string;
        };
        ComputedFields: never;
        Insert: {
          campaign_id: string;
          channel: Database["public"]["Enums"]["contact_channel"];
          created_at?: string;
          created_by?: string | null;
          hold_memo?: string | null;
          hold_reason_id?: number | null;
          id?: string;
          kind: Database["public"]["Enums"]["outreach_kind"];
          list_id: string;
          team_id: string;
        };
        Update: {
          campaign_id?: string;
          channel?: Database["public"]["Enums"]["contact_channel"];
          created_at?: string;
          created_by?: string | null;
          hold_memo?: string | null;
          hold_reason_id?: number | null;
          id?: string;
          kind?: Database["public"]["Enums"]["outreach_kind"];
          list_id?: string;
          team_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "outreaches_campaign_exists";
            columns: ["team_id", "campaign_id"];
            isOneToOne: false;
            referencedRelation: "campaigns";
            referencedColumns: ["team_id", "id"];
          },
          {
            foreignKeyName: "outreaches_list_exists";
            columns: ["team_id", "list_id"];
            isOneToOne: false;
            referencedRelation: "audience_lists";
            referencedColumns: ["team_id", "id"];
          },
          {
            foreignKeyName: "outreaches_team_exists";
            columns: ["team_id"];
            isOneToOne: false;
            referencedRelation: "teams";
            referencedColumns: ["id"];
          },
        ];
      };
      phone_numbers: {
        Row: {
          created_at: string;
          daily_limit: number | null;
          id: string;
          is_verified_for_calls: boolean;
          is_verified_for_texts: boolean;
          label: string | null;
          phone: string;
          rate_per_minute: number | null;
          team_id: string;
          vapi_phone_number_id: string | null;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          daily_limit?: number | null;
          id?: string;
          is_verified_for_calls?: boolean;
          is_verified_for_texts?: boolean;
          label?: string | null;
          phone: string;
          rate_per_minute?: number | null;
          team_id: string;
          vapi_phone_number_id?: string | null;
        };
        Update: {
          created_at?: string;
          daily_limit?: number | null;
          id?: string;
          is_verified_for_calls?: boolean;
          is_verified_for_texts?: boolean;
          label?: string | null;
          phone?: string;
          rate_per_minute?: number | null;
          team_id?: string;
          vapi_phone_number_id?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "phone_numbers_team_exists";
            columns: ["team_id"];
            isOneToOne: false;
            referencedRelation: "teams";
            referencedColumns: ["id"];
          },
        ];
      };
      suppressions: {
        Row: {
          channel: Database["public"]["Enums"]["contact_channel"];
          created_at: string;
          phone: string;
          reason: string;
          source: string;
          team_id: string;
        };
        ComputedFields: never;
        Insert: {
          channel: Database["public"]["Enums"]["contact_channel"];
          created_at?: string;
          phone: string;
          reason: string;
          source: string;
          team_id: string;
        };
        Update: {
          channel?: Database["public"]["Enums"]["contact_channel"];
          created_at?: string;
          phone?: string;
          reason?: string;
          source?: string;
          team_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "suppressions_team_exists";
            columns: ["team_id"];
            isOneToOne: false;
            referencedRelation: "teams";
            referencedColumns: ["id"];
          },
        ];
      };
      team_members: {
        Row: {
          created_at: string;
          role: Database["public"]["Enums"]["team_role"];
          team_id: string;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          role: Database["public"]["Enums"]["team_role"];
          team_id: string;
          user_id: string;
        };
        Update: {
          created_at?: string;
          role?: Database["public"]["Enums"]["team_role"];
          team_id?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "team_members_team_exists";
            columns: ["team_id"];
            isOneToOne: false;
            referencedRelation: "teams";
            referencedColumns: ["id"];
          },
        ];
      };
      team_phrases: {
        Row: {
          action: string;
          created_at: string;
          is_whole_message: boolean;
          phrase: string;
          team_id: string;
        };
        ComputedFields: never;
        Insert: {
          action: string;
          created_at?: string;
          is_whole_message: boolean;
          phrase: string;
          team_id: string;
        };
        Update: {
          action?: string;
          created_at?: string;
          is_whole_message?: boolean;
          phrase?: string;
          team_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "team_phrases_team_exists";
            columns: ["team_id"];
            isOneToOne: false;
            referencedRelation: "teams";
            referencedColumns: ["id"];
          },
        ];
      };
      teams: {
        Row: {
          country: string;
          created_at: string;
          frequency_limit: number | null;
          frequency_window: string | null;
          id: string;
          is_sandbox: boolean;
          name: string;
          timezone: string;
        };
        ComputedFields: never;
        Insert: {
          country?: string;
          created_at?: string;
          frequency_limit?: number | null;
          frequency_window?: string | null;
          id?: string;
          is_sandbox?: boolean;
          name: string;
          timezone?: string;
        };
        Update: {
          country?: string;
          created_at?: string;
          frequency_limit?: number | null;
          frequency_window?: string | null;
          id?: string;
          is_sandbox?: boolean;
          name?: string;
          timezone?: string;
        };
        Relationships: [];
      };
      workflow_edges: {
        Row: {
          delay: string;
          id: string;
          label: string | null;
          ordinal: number;
          phrases: string[];
          priority: number;
          source: string;
          source_handle: string | null;
          status: Database["public"]["Enums"]["workflow_status"];
          target: string;
          team_id: string;
          when_outcome: string;
          workflow_id: string;
        };
        ComputedFields: never;
        Insert: {
          delay?: string;
          id: string;
          label?: string | null;
          ordinal?: number;
          phrases?: string[];
          priority?: number;
          source: string;
          source_handle?: string | null;
          status?: Database["public"]["Enums"]["workflow_status"];
          target: string;
          team_id: string;
          when_outcome: string;
          workflow_id: string;
        };
        Update: {
          delay?: string;
          id?: string;
          label?: string | null;
          ordinal?: number;
          phrases?: string[];
          priority?: number;
          source?: string;
          source_handle?: string | null;
          status?: Database["public"]["Enums"]["workflow_status"];
          target?: string;
          team_id?: string;
          when_outcome?: string;
          workflow_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "workflow_edges_share_the_workflows_status";
            columns: ["team_id", "status", "workflow_id"];
            isOneToOne: false;
            referencedRelation: "workflows";
            referencedColumns: ["team_id", "status", "id"];
          },
          {
            foreignKeyName: "workflow_edges_source_exists";
            columns: ["team_id", "workflow_id", "source"];
            isOneToOne: false;
            referencedRelation: "workflow_nodes";
            referencedColumns: ["team_id", "workflow_id", "id"];
          },
          {
            foreignKeyName: "workflow_edges_target_exists";
            columns: ["team_id", "workflow_id", "target"];
            isOneToOne: false;
            referencedRelation: "workflow_nodes";
            referencedColumns: ["team_id", "workflow_id", "id"];
          },
        ];
      };
      workflow_nodes: {
        Row: {
          assistant_template: string | null;
          config: NonNullable<Json>;
          id: string;
          label: string | null;
          ordinal: number;
          position_x: number;
          position_y: number;
          status: Database["public"]["Enums"]["workflow_status"];
          team_id: string;
          type: Database["public"]["Enums"]["node_type"];
          workflow_id: string;
        };
        ComputedFields: never;
        Insert: {
          assistant_template?: string | null;
          config?: NonNullable<Json>;
          id: string;
          label?: string | null;
          ordinal?: number;
          position_x?: number;
          position_y?: number;
          status?: Database["public"]["Enums"]["workflow_status"];
          team_id: string;
          type: Database["public"]["Enums"]["node_type"];
          workflow_id: string;
        };
        Update: {
          assistant_template?: string | null;
          config?: NonNullable<Json>;
          id?: string;
          label?: string | null;
          ordinal?: number;
          position_x?: number;
          position_y?: number;
          status?: Database["public"]["Enums"]["workflow_status"];
          team_id?: string;
          type?: Database["public"]["Enums"]["node_type"];
          workflow_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "workflow_nodes_share_the_workflows_status";
            columns: ["team_id", "status", "workflow_id"];
            isOneToOne: false;
            referencedRelation: "workflows";
            referencedColumns: ["team_id", "status", "id"];
          },
        ];
      };
      workflows: {
        Row: {
          archived_at: string | null;
          created_at: string;
          id: string;
          is_generated: boolean;
          lineage_id: string;
          name: string;
          note: string | null;
          published_at: string | null;
          revision: number;
          status: Database["public"]["Enums"]["workflow_status"];
          team_id: string;
          updated_at: string;
          version: number | null;
        };
        ComputedFields: never;
        Insert: {
          archived_at?: string | null;
          created_at?: string;
          id?: string;
          is_generated?: boolean;
          lineage_id: string;
          name: string;
          note?: string | null;
          published_at?: string | null;
          revision?: number;
          status?: Database["public"]["Enums"]["workflow_status"];
          team_id: string;
          updated_at?: string;
          version?: number | null;
        };
        Update: {
          archived_at?: string | null;
          created_at?: string;
          id?: string;
          is_generated?: boolean;
          lineage_id?: string;
          name?: string;
          note?: string | null;
          published_at?: string | null;
          revision?: number;
          status?: Database["public"]["Enums"]["workflow_status"];
          team_id?: string;
          updated_at?: string;
          version?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "workflows_team_exists";
            columns: ["team_id"];
            isOneToOne: false;
            referencedRelation: "teams";
            referencedColumns: ["id"];
          },
        ];
      };
    };
    Views: {
      [_ in never]: never;
    };
    Functions: {
      archive_audience_list: { Args: { p_dry_run?: boolean; p_list_id: string }; Returns: Json };
      archive_campaign: { Args: { p_campaign_id: string; p_dry_run?: boolean }; Returns: Json };
      archive_workflow: { Args: { p_dry_run?: boolean; p_workflow_id: string }; Returns: Json };
      cancel_campaign: { Args: { p_campaign_id: string; p_dry_run?: boolean }; Returns: Json };
      cancel_job: { Args: { p_dry_run?: boolean; p_job_id: string }; Returns: Json };
      clone_workflow: { Args: { p_name?: string; p_new_lineage?: boolean; p_workflow_id: string }; Returns: Json };
      compare_workflows: { Args: { p_from_id: string; p_to_id: string }; Returns: Json };
      create_audience_list: {
        Args: {
          p_definition?: Json;
          p_exclusions?: Json;
          p_mapping?: Json;
          p_name: string;
          p_partial?: boolean;
          p_rows?: Json;
          p_source?: string;
          p_team_id?: string;
        };
        Returns: Json;
      };
      create_campaign: {
        Args: {
          p_exclusions?: Json;
          p_is_continuous?: boolean;
          p_list_id: string;
          p_max_lateness?: string;
          p_name: string;
          p_phone_number_id: string;
          p_priority?: number;
          p_retry_budget?: number;
          p_targeting?: Json;
          p_team_id?: string;
          p_workflow_id: string;
        };
        Returns: {
          archived_at: string | null;
          created_at: string;
          ended_at: string | null;
          exclusions: NonNullable<Json>;
          id: string;
          is_continuous: boolean;
          kind: Database["public"]["Enums"]["campaign_kind"];
          list_id: string;
          max_lateness: string;
          name: string;
          needs_list_status: Database["public"]["Enums"]["audience_status"] | null;
          needs_workflow_status: Database["public"]["Enums"]["workflow_status"] | null;
          phone_number_id: string;
          priority: number;
          retry_budget: number;
          retry_count: number;
          scheduled_at: string | null;
          started_at: string | null;
          status: Database["public"]["Enums"]["campaign_status"];
          targeting: NonNullable<Json>;
          team_id: string;
          updated_at: string;
          workflow_id: string;
        };
        SetofOptions: {
          from: "*";
          to: "campaigns";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      create_lead_endpoint: { Args: { p_list_id: string; p_source: string }; Returns: Json };
      create_team: {
        Args: { p_country?: string; p_is_sandbox?: boolean; p_name: string; p_timezone?: string };
        Returns: {
          country: string;
          created_at: string;
          frequency_limit: number | null;
          frequency_window: string | null;
          id: string;
          is_sandbox: boolean;
          name: string;
          timezone: string;
        };
        SetofOptions: {
          from: "*";
          to: "teams";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      create_workflow: { Args: { p_graph?: Json; p_name: string; p_team_id?: string }; Returns: Json };
      describe_cron: {
        Args: { p_count?: number; p_expression: string; p_from?: string; p_timezone?: string };
        Returns: Json;
      };
      explain_contact: { Args: { p_campaign_id: string; p_contact_id?: string; p_phone?: string }; Returns: Json };
      get_audience_campaign_usage: { Args: { p_cursor?: string; p_limit?: number; p_list_id: string }; Returns: Json };
      get_audience_list: { Args: { p_list_id: string }; Returns: Json };
      get_audience_members: {
        Args: { p_cursor?: string; p_limit?: number; p_list_id: string; p_search?: string };
        Returns: Json;
      };
      get_audience_run_errors: {
        Args: { p_cursor?: string; p_limit?: number; p_run_id: string; p_severity?: string };
        Returns: Json;
      };
      get_audience_runs: {
        Args: { p_cursor?: string; p_limit?: number; p_list_id?: string; p_team_id?: string };
        Returns: Json;
      };
      get_audience_stats: {
        Args: { p_campaign_ids: string[] };
        Returns: {
          as_of: string;
          booked: number;
          by_source: Json;
          by_zone: Json;
          campaign_id: string;
          reachable: number;
          reached: number;
          size: number;
          suppressed: Json;
        }[];
      };
      get_campaign: { Args: { p_campaign_id: string }; Returns: Json };
      get_campaign_enrollments: {
        Args: {
          p_campaign_id: string;
          p_cursor?: string;
          p_limit?: number;
          p_reason_code?: string;
          p_search?: string;
          p_status?: string;
        };
        Returns: Json;
      };
      get_campaign_failures: {
        Args: { p_campaign_id: string };
        Returns: {
          as_of: string;
          contacts: number;
          cure: string;
          message: string;
          reason_code: string;
          status: Database["public"]["Enums"]["enrollment_status"];
        }[];
      };
      get_campaign_prerequisites: { Args: { p_team_id?: string }; Returns: Json };
      get_campaign_timeseries: {
        Args: { p_bucket?: string; p_campaign_ids: string[]; p_from: string; p_timezone?: string; p_to: string };
        Returns: Json;
      };
      get_consent_history: {
        Args: { p_cursor?: string; p_limit?: number; p_phone?: string; p_team_id?: string };
        Returns: Json;
      };
      get_counter_health: { Args: { p_team_id?: string }; Returns: Json };
      get_deployment_facts: { Args: Record<PropertyKey, never>; Returns: Json };
      get_instant_metrics: {
        Args: { p_campaign_ids: string[] };
        Returns: {
          active: number;
          as_of: string;
          booked: number;
          booking_rate: number;
          campaign_id: string;
          cancelled: number;
          channels: Json;
          completed: number;
          completed_today: number;
          enrolled: number;
          failed: number;
          in_progress: number;
          opted_out: number;
          queued: number;
          skipped: number;
          status: Database["public"]["Enums"]["campaign_status"];
          suppressed: number;
          waiting: number;
        }[];
      };
      get_integration_health: { Args: { p_team_id?: string }; Returns: Json };
      get_job: { Args: { p_job_id: string }; Returns: Json };
      get_node_metrics: {
        Args: { p_campaign_id?: string; p_campaign_ids?: string[] };
        Returns: {
          as_of: string;
          booked: number;
          cancelled: number;
          completed: number;
          failed: number;
          in_progress: number;
          label: string;
          node_id: string;
          opted_out: number;
          outcomes: Json;
          queued: number;
          replied: number;
          scheduled: number;
          skipped: number;
          type: Database["public"]["Enums"]["node_type"];
          waiting: number;
          workflow_versions: number[];
        }[];
      };
      get_outreach_items: {
        Args: { p_cursor?: string; p_limit?: number; p_outcome?: string; p_outreach_id: string; p_status?: string };
        Returns: Json;
      };
      get_servicetitan_catalogue: { Args: { p_kind: string; p_refresh?: boolean; p_team_id?: string }; Returns: Json };
      get_team_phrases: { Args: { p_team_id?: string }; Returns: Json };
      get_team_settings: { Args: { p_team_id?: string }; Returns: Json };
      get_workflow: { Args: { p_workflow_id: string }; Returns: Json };
      import_audience_rows: {
        Args: { p_list_id: string; p_mapping?: Json; p_partial?: boolean; p_rows: Json };
        Returns: Json;
      };
      import_suppressions: {
        Args: {
          p_channel?: string;
          p_dry_run?: boolean;
          p_partial?: boolean;
          p_reason?: string;
          p_rows: Json;
          p_team_id?: string;
        };
        Returns: Json;
      };
      ingest_lead: {
        Args: { p_external_id?: string; p_lead: Json; p_list_id: string; p_source?: string; p_urgency?: string };
        Returns: Json;
      };
      launch_campaign: { Args: { p_at?: string; p_campaign_id: string; p_dry_run?: boolean }; Returns: Json };
      launch_outreach: {
        Args: {
          p_assistant_id?: string;
          p_channel: string;
          p_dry_run?: boolean;
          p_hold_memo?: string;
          p_hold_reason_id?: number;
          p_kind: string;
          p_list_id: string;
          p_name?: string;
          p_phone_number_id: string;
          p_settings?: Json;
          p_team_id?: string;
          p_template?: string;
        };
        Returns: Json;
      };
      layout_workflow: { Args: { p_direction?: string; p_graph: Json }; Returns: Json };
      list_audience_lists: {
        Args: { p_cursor?: string; p_limit?: number; p_search?: string; p_status?: string; p_team_id?: string };
        Returns: Json;
      };
      list_audience_schedules: {
        Args: { p_cursor?: string; p_limit?: number; p_search?: string; p_team_id?: string };
        Returns: Json;
      };
      list_campaigns: {
        Args: {
          p_archived?: boolean;
          p_cursor?: string;
          p_limit?: number;
          p_search?: string;
          p_status?: string;
          p_team_id?: string;
        };
        Returns: Json;
      };
      list_jobs: {
        Args: {
          p_campaign_id?: string;
          p_cursor?: string;
          p_limit?: number;
          p_phone?: string;
          p_status?: string;
          p_team_id?: string;
        };
        Returns: Json;
      };
      list_lead_endpoints: { Args: { p_list_id: string }; Returns: Json };
      list_outreaches: {
        Args: { p_cursor?: string; p_limit?: number; p_list_id?: string; p_team_id?: string };
        Returns: Json;
      };
      list_team_members: {
        Args: { p_team_id?: string };
        Returns: {
          created_at: string;
          email: string;
          role: Database["public"]["Enums"]["team_role"];
          user_id: string;
        }[];
      };
      list_workflows: {
        Args: {
          p_cursor?: string;
          p_limit?: number;
          p_lineage_id?: string;
          p_search?: string;
          p_status?: string;
          p_team_id?: string;
        };
        Returns: Json;
      };
      opt_in: {
        Args: { p_channel?: string; p_note?: string; p_phone: string; p_reason?: string; p_team_id?: string };
        Returns: Json;
      };
      opt_out: {
        Args: { p_channel?: string; p_note?: string; p_phone: string; p_reason?: string; p_team_id?: string };
        Returns: Json;
      };
      pause_campaign: { Args: { p_campaign_id: string; p_dry_run?: boolean }; Returns: Json };
      preflight_campaign: { Args: { p_at?: string; p_campaign_id: string }; Returns: Json };
      preview_audience_definition: {
        Args: { p_definition: Json; p_exclusions?: Json; p_source?: string; p_team_id?: string };
        Returns: Json;
      };
      publish_workflow: { Args: { p_note?: string; p_workflow_id: string }; Returns: Json };
      refresh_audience_list: { Args: { p_list_id: string }; Returns: Json };
      resume_campaign: { Args: { p_campaign_id: string; p_dry_run?: boolean }; Returns: Json };
      resume_integration: { Args: { p_provider: string; p_team_id?: string }; Returns: Json };
      retry_failed_enrollments: {
        Args: { p_campaign_id: string; p_dry_run?: boolean; p_reason_codes?: string[] };
        Returns: Json;
      };
      retry_job: { Args: { p_dry_run?: boolean; p_job_id: string }; Returns: Json };
      retry_outreach_items: {
        Args: { p_hold_reason_id?: number; p_item_ids?: string[]; p_outreach_id: string };
        Returns: Json;
      };
      revoke_lead_endpoint: { Args: { p_endpoint_id: string }; Returns: Json };
      save_workflow: {
        Args: { p_graph: Json; p_name?: string; p_revision: number; p_workflow_id: string };
        Returns: Json;
      };
      set_audience_schedule: {
        Args: { p_expression: string; p_is_enabled?: boolean; p_list_id: string; p_timezone?: string };
        Returns: Json;
      };
      set_team_member: {
        Args: { p_role: Database["public"]["Enums"]["team_role"]; p_team_id?: string; p_user_id: string };
        Returns: {
          created_at: string;
          role: Database["public"]["Enums"]["team_role"];
          team_id: string;
          user_id: string;
        };
        SetofOptions: {
          from: "*";
          to: "team_members";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      set_team_phrases: { Args: { p_phrases: Json; p_team_id?: string }; Returns: Json };
      simulate_workflow: {
        Args: {
          p_contact?: Json;
          p_graph?: Json;
          p_outcomes?: Json;
          p_position?: number;
          p_retry_budget?: number;
          p_seed?: number;
          p_start_at?: string;
          p_team_id?: string;
          p_workflow_id?: string;
        };
        Returns: Json;
      };
      start_audience_import: {
        Args: {
          p_file_name?: string;
          p_list_id?: string;
          p_list_name?: string;
          p_mapping?: Json;
          p_partial?: boolean;
          p_sample: Json;
          p_team_id?: string;
        };
        Returns: Json;
      };
      toggle_audience_schedule: { Args: { p_is_enabled: boolean; p_list_id: string }; Returns: Json };
      unarchive_audience_list: { Args: { p_list_id: string }; Returns: Json };
      unarchive_campaign: { Args: { p_campaign_id: string; p_dry_run?: boolean }; Returns: Json };
      unschedule_campaign: { Args: { p_campaign_id: string; p_dry_run?: boolean }; Returns: Json };
      update_audience_list: {
        Args: { p_definition?: Json; p_exclusions?: Json; p_list_id: string; p_name?: string };
        Returns: Json;
      };
      update_campaign: {
        Args: {
          p_campaign_id: string;
          p_exclusions?: Json;
          p_is_continuous?: boolean;
          p_list_id?: string;
          p_max_lateness?: string;
          p_name?: string;
          p_phone_number_id?: string;
          p_priority?: number;
          p_retry_budget?: number;
          p_targeting?: Json;
          p_workflow_id?: string;
        };
        Returns: {
          archived_at: string | null;
          created_at: string;
          ended_at: string | null;
          exclusions: NonNullable<Json>;
          id: string;
          is_continuous: boolean;
          kind: Database["public"]["Enums"]["campaign_kind"];
          list_id: string;
          max_lateness: string;
          name: string;
          needs_list_status: Database["public"]["Enums"]["audience_status"] | null;
          needs_workflow_status: Database["public"]["Enums"]["workflow_status"] | null;
          phone_number_id: string;
          priority: number;
          retry_budget: number;
          retry_count: number;
          scheduled_at: string | null;
          started_at: string | null;
          status: Database["public"]["Enums"]["campaign_status"];
          targeting: NonNullable<Json>;
          team_id: string;
          updated_at: string;
          workflow_id: string;
        };
        SetofOptions: {
          from: "*";
          to: "campaigns";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      update_team_settings: {
        Args: {
          p_country?: string;
          p_frequency_limit?: number;
          p_frequency_window?: string;
          p_name?: string;
          p_team_id?: string;
          p_timezone?: string;
        };
        Returns: Json;
      };
      upsert_assistant: {
        Args: {
          p_channel?: Database["public"]["Enums"]["contact_channel"];
          p_is_active?: boolean;
          p_name: string;
          p_provider_assistant_id: string;
          p_team_id?: string;
          p_template?: string;
        };
        Returns: {
          channel: Database["public"]["Enums"]["contact_channel"];
          created_at: string;
          id: string;
          is_active: boolean;
          name: string;
          provider_assistant_id: string;
          team_id: string;
          template: string | null;
        };
        SetofOptions: {
          from: "*";
          to: "assistants";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      upsert_integration: {
        Args: {
          p_account_ref?: string;
          p_concurrency_limit?: number;
          p_is_sandbox?: boolean;
          p_provider: Database["public"]["Enums"]["provider"];
          p_secret_name: string;
          p_team_id?: string;
        };
        Returns: {
          account_ref: string | null;
          concurrency_limit: number;
          created_at: string;
          id: string;
          is_sandbox: boolean;
          pace_begins_at: string | null;
          pace_per_minute: number | null;
          pace_reason: string | null;
          paused_at: string | null;
          paused_reason: string | null;
          provider: Database["public"]["Enums"]["provider"];
          secret_name: string;
          status: Database["public"]["Enums"]["integration_status"];
          team_id: string;
        };
        SetofOptions: {
          from: "*";
          to: "integrations";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      upsert_phone_number: {
        Args: {
          p_daily_limit?: number;
          p_is_verified_for_calls?: boolean;
          p_is_verified_for_texts?: boolean;
          p_label?: string;
          p_phone: string;
          p_rate_per_minute?: number;
          p_team_id?: string;
          p_vapi_phone_number_id?: string;
        };
        Returns: {
          created_at: string;
          daily_limit: number | null;
          id: string;
          is_verified_for_calls: boolean;
          is_verified_for_texts: boolean;
          label: string | null;
          phone: string;
          rate_per_minute: number | null;
          team_id: string;
          vapi_phone_number_id: string | null;
        };
        SetofOptions: {
          from: "*";
          to: "phone_numbers";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      validate_audience_csv: { Args: { p_mapping?: Json; p_rows: Json; p_team_id?: string }; Returns: Json };
      validate_workflow_graph: { Args: { p_graph: Json; p_team_id?: string }; Returns: Json };
    };
    Enums: {
      attempt_status: "OPEN" | "ACCEPTED" | "REFUSED" | "TRY_LATER" | "AMBIGUOUS" | "NOT_SENT";
      audience_source: "servicetitan" | "custom_report" | "csv" | "speed_to_lead";
      audience_status: "ACTIVE" | "ARCHIVED";
      campaign_kind: "campaign" | "outreach";
      campaign_status: "CREATED" | "SCHEDULED" | "ACTIVE" | "PAUSED" | "COMPLETED" | "CANCELLED";
      contact_channel: "call" | "text";
      enrollment_status: "ACTIVE" | "COMPLETED" | "BOOKED" | "OPTED_OUT" | "SUPPRESSED" | "FAILED" | "CANCELLED";
      integration_status: "ACTIVE" | "PAUSED";
      job_outcome:
        | "booked"
        | "answered"
        | "voicemail"
        | "no_answer"
        | "busy"
        | "delivered"
        | "replied"
        | "no_reply"
        | "opted_in"
        | "opted_out"
        | "undeliverable"
        | "failed";
      job_status: "READY" | "CLAIMED" | "DISPATCHED" | "AMBIGUOUS" | "DONE" | "FAILED" | "CANCELLED";
      lead_status: "ACCEPTED" | "EXCLUDED" | "REJECTED";
      lead_urgency: "normal" | "high" | "emergency";
      node_type: "trigger" | "call" | "text";
      outreach_item_status: "HOLDING" | "HOLD_FAILED" | "ENROLLED" | "CANCELLED";
      outreach_kind: "maintenance" | "reschedule" | "text";
      provider: "vapi" | "twilio" | "servicetitan";
      run_status: "QUEUED" | "RUNNING" | "SUCCEEDED" | "PARTIAL" | "FAILED";
      team_role: "viewer" | "operator" | "admin";
      workflow_status: "DRAFT" | "PUBLISHED" | "ARCHIVED";
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    keyof (DefaultSchema["Tables"] & DefaultSchema["Views"]) | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R;
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R;
      }
      ? R
      : never
    : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"] | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I;
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I;
      }
      ? I
      : never
    : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"] | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U;
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U;
      }
      ? U
      : never
    : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"] | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    keyof DefaultSchema["CompositeTypes"] | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never;

export const Constants = {
  public: {
    Enums: {
      attempt_status: ["OPEN", "ACCEPTED", "REFUSED", "TRY_LATER", "AMBIGUOUS", "NOT_SENT"],
      audience_source: ["servicetitan", "custom_report", "csv", "speed_to_lead"],
      audience_status: ["ACTIVE", "ARCHIVED"],
      campaign_kind: ["campaign", "outreach"],
      campaign_status: ["CREATED", "SCHEDULED", "ACTIVE", "PAUSED", "COMPLETED", "CANCELLED"],
      contact_channel: ["call", "text"],
      enrollment_status: ["ACTIVE", "COMPLETED", "BOOKED", "OPTED_OUT", "SUPPRESSED", "FAILED", "CANCELLED"],
      integration_status: ["ACTIVE", "PAUSED"],
      job_outcome: [
        "booked",
        "answered",
        "voicemail",
        "no_answer",
        "busy",
        "delivered",
        "replied",
        "no_reply",
        "opted_in",
        "opted_out",
        "undeliverable",
        "failed",
      ],
      job_status: ["READY", "CLAIMED", "DISPATCHED", "AMBIGUOUS", "DONE", "FAILED", "CANCELLED"],
      lead_status: ["ACCEPTED", "EXCLUDED", "REJECTED"],
      lead_urgency: ["normal", "high", "emergency"],
      node_type: ["trigger", "call", "text"],
      outreach_item_status: ["HOLDING", "HOLD_FAILED", "ENROLLED", "CANCELLED"],
      outreach_kind: ["maintenance", "reschedule", "text"],
      provider: ["vapi", "twilio", "servicetitan"],
      run_status: ["QUEUED", "RUNNING", "SUCCEEDED", "PARTIAL", "FAILED"],
      team_role: ["viewer", "operator", "admin"],
      workflow_status: ["DRAFT", "PUBLISHED", "ARCHIVED"],
    },
  },
} as const;
